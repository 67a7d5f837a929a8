import type { OperandsOf, ParamsOf } from "../gpu/kernel.ts";
import { edgeFull } from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import { fullClass, fullTiles } from "./contrast_full.ts";
import type { ViewEdge } from "./view_graph.ts";

/** Anchors against every row along the edges of a graph of views: what the kernels take. */
export interface FullViews {
  readonly operands: OperandsOf<typeof edgeFull, Operand>;
  readonly params: ParamsOf<typeof edgeFull>;
  readonly overrides: { readonly MISSING: number };
  /** What `graph` holds. */
  readonly edges: readonly ViewEdge[];
}

/** As `FULL`. */
export const FULL_VIEWS: Family<FullViews> = {
  name: "full-views",
  general: {
    name: "tile8",
    record(plan, { operands, params, overrides }) {
      const { B, N, D, E, P, slices } = params;
      const { slices: _, ...tiles } = fullTiles(D);
      const options = { overrides: { ...tiles, ...overrides }, flops: 4 * E * B * N * D };
      plan.launch(edgeFull, operands, params, [P / slices, Math.ceil(B / tiles.BA), E], options);
    },
  },
  classOf: fullClass,
};

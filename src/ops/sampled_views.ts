import type { OperandsOf, ParamsOf } from "../gpu/kernel.ts";
import { edgeSampled } from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import { type Sampled, sampledClass, sampledTiles } from "./contrast_sampled.ts";

/** Anchors against sampled rows along the edges of a graph of views: what the kernels take. */
export interface SampledViews {
  readonly operands: OperandsOf<typeof edgeSampled, Operand>;
  readonly params: ParamsOf<typeof edgeSampled>;
  readonly overrides: Sampled["overrides"] & { readonly MISSING: number };
}

/** As `SAMPLED`. */
export const SAMPLED_VIEWS: Family<SampledViews> = {
  name: "sampled-views",
  general: {
    name: "barrier",
    record(plan, { operands, params, overrides }) {
      const { B, K, D, E, P } = params;
      const { LANES, TEAMS } = sampledTiles(K, D);
      const options = { overrides: { LANES, TEAMS, ...overrides }, flops: 4 * E * B * K * D };
      plan.launch(edgeSampled, operands, params, [P / TEAMS, B, E], options);
    },
  },
  classOf: ({ operands }) => sampledClass(operands),
};

import { toHalf } from "../../formats/half.ts";
import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import { elements, type Operand } from "../../gpu/slot.ts";
import type { Offers, ShapeClass, Variant } from "../../gpu/variants.ts";
import { FULL, type Full, fullSplits } from "../contrast_full.ts";
import { FULL_VIEWS, type FullViews } from "../full_views.ts";
import { graphWords } from "../view_graph.ts";

// The full softmax as two matrix products: the weights exp(s - m) of as many splits and anchors as SCRATCH holds go to memory, then their
// products with the rows are added up, and so on. What is kept does not grow with B or N. Where a barrier costs as much as fifteen loads this
// beats one pass with tiles in workgroup memory (reading/kernels.md 2); a GPU has better use for its bandwidth, and keeps the one pass.

/** f32 numbers of weights that are kept at a time: 16 MiB. One split of 16 anchors, the least, reaches that at 16 million rows over all edges. */
const SCRATCH = 2 ** 22;
/** Anchors a lane has. */
const TALL = 16;

/** Kernels, the lanes that share a tile (a subgroup has as many, or more), and the bank rows, then columns, that a lane has. */
export interface Form {
  readonly scores: typeof kernels.fullScoresSub16 | typeof kernels.fullScoresSub4;
  readonly gradient: typeof kernels.fullGradientSub16 | typeof kernels.fullGradientSub4;
  readonly lanes: number;
  readonly wide: number;
}

export const SUB16: Form = { scores: kernels.fullScoresSub16, gradient: kernels.fullGradientSub16, lanes: 4, wide: 16 };
export const SUB4: Form = { scores: kernels.fullScoresSub4, gradient: kernels.fullGradientSub4, lanes: 8, wide: 4 };

/** Anchors against one bank: rows of the operands where those of its view, and of its results, begin, and how many they have in all. */
interface Work {
  readonly operands: Full["operands"];
  readonly params: Full["params"];
  readonly begin: { readonly source: number; readonly first: number; readonly to: number };
  readonly rows: { readonly F: number; readonly R: number; readonly O: number };
}

function twoProducts(plan: Plan, form: Form, scratch: number, { operands, params, begin, rows }: Work): void {
  const { features, bank, index, stats, partial } = operands;
  const { B, N, D, P, per, inv_tau } = params;
  const { source, first, to } = begin;
  const { F, R, O } = rows;
  const WG = Math.max(form.lanes, plan.gpu.adapter.subgroupMaxSize);
  const tile = form.wide * form.lanes;
  const T = Math.ceil(per / tile);
  const most = Math.min(scratch, plan.gpu.limits.maxStorageBufferBindingSize / 4);
  for (const { S, A, split0, anchor0, split1, anchor1 } of pieces(T * tile, B, P, most)) {
    const weights = kept(plan, "softmax weights", [S * T, A, tile]);
    const tiles = kept(plan, "softmax tiles", [S * T, 2, A]);
    const sizes = { B, N, D, S, T, A, per, first, split0, anchor0 };
    const options = { overrides: { WG }, flops: 2 * (Math.min(split1 * per, N) - split0 * per) * (anchor1 - anchor0) * D };
    const scores = { features, bank, index, weights, tiles };
    plan.launch(form.scores, scores, { ...sizes, F, R, source, inv_tau }, [S * Math.ceil((T * form.lanes) / WG), A / TALL], options);
    const sums = { bank, weights, tiles, stats, partial };
    plan.launch(form.gradient, sums, { ...sizes, R, O, P, to }, [S * Math.ceil(D / (form.wide * WG)), A / TALL], options);
  }
}

/** P splits of `rows` rows and B anchors, in pieces of at most `scratch` weights where that is possible: S splits from split0 to split1, A anchors from anchor0 to anchor1 and up to the next TALL. */
function pieces(rows: number, B: number, P: number, scratch: number) {
  const A = TALL * Math.min(Math.ceil(B / TALL), Math.max(1, Math.floor(scratch / rows / TALL)));
  const S = Math.max(1, Math.min(P, Math.floor(scratch / rows / A)));
  const starts = (total: number, step: number) => Array.from({ length: Math.ceil(total / step) }, (_, i) => i * step);
  return starts(B, A).flatMap((anchor0) =>
    starts(P, S).map((split0) => {
      const [split1, anchor1] = [Math.min(split0 + S, P), Math.min(anchor0 + A, B)];
      return { split0, split1, anchor0, anchor1, S: split1 - split0, A: TALL * Math.ceil((anchor1 - anchor0) / TALL) };
    }),
  );
}

const kept = (plan: Plan, label: string, shape: readonly number[]): Operand => ({
  slot: plan.slot(label, 4 * elements(shape)),
  shape,
  dtype: "f32",
});

/** @param scratch f32 numbers of weights that are kept at a time, where one split of 16 anchors has not more */
export const bankVariant = (name: string, form: Form, scratch = SCRATCH): Variant<Full> => ({
  ...{ name, needs: { lanes: form.lanes } },
  fits: ({ params }) => params.slices === 1,
  record(plan, { operands, params }) {
    const { B, N } = params;
    twoProducts(plan, form, scratch, { operands, params, begin: { source: 0, first: 0, to: 0 }, rows: { F: B, R: N, O: B } });
  },
});

const viewsVariant = (name: string, form: Form): Variant<FullViews> => ({
  ...{ name, needs: { lanes: form.lanes } },
  fits: ({ params, overrides }) => params.slices === 1 && overrides.MISSING === 0,
  record(plan, { operands, params, edges }) {
    const { V, B, N, E } = params;
    const rows = { F: V * B, R: V * N, O: E * B };
    edges.forEach(({ anchor, bank }, e) => {
      twoProducts(plan, form, SCRATCH, { operands, params, begin: { source: anchor * B, first: bank * N, to: e * B }, rows });
    });
  },
});

/** Sizes of an example, and what both families take. */
const [B, N, D] = [32, 4096, 128];

/** @param V views, each with a bank and anchors, and as many edges */
function inputs(plan: Plan, half: boolean, V: number) {
  const { P, slices, per } = fullSplits(N, D, V);
  const bankRows = plan.input("bank", [(V * N * D) / (half ? 2 : 1)]);
  const bank: Operand = { ...bankRows, shape: [V, N, D], ...(half && { layout: { half, shift: 31, more: [] } }) };
  const [features, index] = [plan.input("features", [V, B, D]), plan.input("index", [B], "u32")];
  const numbers = (of: Operand) => Float32Array.from({ length: elements(of.shape) }, (_, i) => 0.1 * Math.sin(1.7 * i));
  const filled = half ? new Float32Array(toHalf(numbers(bank)).buffer) : numbers(bank);
  const spread = Uint32Array.from({ length: B }, (_, i) => N - 1 - 61 * i);
  const outputs = { stats: kept(plan, "stats", [V, B, P, 4]), partial: kept(plan, "partial", [V, B, P, D]) };
  const feed = [[features, numbers(features)] as const, [bankRows, filled] as const, [index, spread] as const];
  const params = { B, N, D, P, slices, per, inv_tau: 10 };
  return { operands: { features, bank, index, ...outputs }, params, result: outputs.partial, feed };
}

/** Measured (bench/README.md); for GPUs: reasoned, see above. */
const DEFAULTS = { swiftshader: "sub16", llvmpipe: "sub4", gpu: "tile8" };

const ofBank = (half: boolean): ShapeClass<Full> => ({
  defaults: DEFAULTS,
  example(plan) {
    const { operands, params, ...rest } = inputs(plan, half, 1);
    return { task: { operands, params }, ...rest };
  },
});

const ofViews = (half: boolean): ShapeClass<FullViews> => ({
  defaults: DEFAULTS,
  example(plan) {
    const { operands, params, result, feed } = inputs(plan, half, 2);
    const edges = [0, 1].map((v) => ({ anchor: v, bank: 1 - v, weight: 1 }));
    const words = graphWords(edges, N, [undefined, undefined]);
    const graph = plan.input("graph", [words.length], "u32");
    const task = { operands: { ...operands, graph }, params: { ...params, V: 2, E: 2, G: words.length }, overrides: { MISSING: 0 }, edges };
    return { task, result, feed: [...feed, [graph, words] as const] };
  },
});

export const FULL_OFFERS: Offers<Full> = {
  family: FULL,
  variants: [bankVariant("sub16", SUB16), bankVariant("sub4", SUB4)],
  classes: { f32: ofBank(false), f16: ofBank(true) },
};

export const FULL_VIEWS_OFFERS: Offers<FullViews> = {
  family: FULL_VIEWS,
  variants: [viewsVariant("sub16", SUB16), viewsVariant("sub4", SUB4)],
  classes: { f32: ofViews(false), f16: ofViews(true) },
};

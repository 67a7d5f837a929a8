import { drawNegatives } from "../../src/bank/draw.ts";
import { edgeScores } from "../../src/gpu/kernels.gen.ts";
import { anyRows, dot, logSum, positives } from "../contrast_cases.ts";
import { existsIn, graphOf, ofView, someEdges, words } from "../edge_cases.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";

const step = { seed: 5, step: 6, epoch: 0, rate: 0 };
const sizes = [
  { V: 2, B: 1, D: 4, N: 2, E: 1, C: 1, M: 2, per: 4, DRAW: 1, KEEP: 0, ALL: 0, MISSING: 0 },
  { V: 3, B: 3, D: 12, N: 9, E: 4, C: 3, M: 10, per: 4, DRAW: 1, KEEP: 1, ALL: 0, MISSING: 1 },
  { V: 2, B: 40, D: 8, N: 70, E: 2, C: 3, M: 22, per: 8, DRAW: 0, KEEP: 0, ALL: 0, MISSING: 1 },
  { V: 3, B: 5, D: 68, N: 33, E: 6, C: 9, M: 33, per: 4, DRAW: 1, KEEP: 0, ALL: 1, MISSING: 1 },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeScores,
  cases: sizes.map(({ DRAW, KEEP, ALL, MISSING, ...size }) => ({
    params: {
      ...size,
      G: words(size.V, size.N, size.E, MISSING === 1),
      L: DRAW ? 1 : size.B * (size.M - 1),
      every: 3,
      inv_tau: 1.5,
    },
    overrides: { DRAW, KEEP, ALL, MISSING },
    grid: [Math.ceil((size.B * size.C) / 64), size.E],
    step,
  })),
  // Z is known, but step 6 is a multiple of every 3.
  inputs: (params, random) => ({
    index: positives(params.B, params.N),
    negatives: anyRows(params.L, params.N, random),
    log_z: Array.from({ length: params.E }, () => [1.25, 1]).flat(),
    graph: graphOf(params),
  }),
  ref: (inputs, params, { seed, step }, { DRAW, KEEP, ALL }) => {
    const { V, B, D, N, E, C, M, per, inv_tau } = params;
    const K = M - 1;
    const index = given(inputs, "index");
    const drawn = drawNegatives(index, { seed, step, rows: N, count: K, keepPositive: KEEP === 1 });
    const rowOf = (b: number, k: number) =>
      ALL ? k : k === K ? index[b]! : DRAW ? drawn[b * K + k]! : given(inputs, "negatives")[b * K + k]!;
    const sums = Array.from({ length: E * B * C }, (_, i) => {
      const [e, b, first] = [Math.floor(i / (B * C)), Math.floor(i / C) % B, (i % C) * per];
      const { anchor, bank } = someEdges(V, E)[e]!;
      const there = [anchor, bank].every((v) => existsIn(params, v * N + index[b]!));
      const rows = Array.from({ length: Math.min(per, M - first) }, (_, k) => bank * N + rowOf(b, first + k));
      const scores = rows.filter((row) => existsIn(params, row)).map((row) => inv_tau * dot(ofView(inputs, anchor, B, D), b, row, D));
      // A masked maximum would make the tolerance infinite: anything will do there.
      if (!there || scores.length === 0) return [Number.NaN, 0, Number.NaN, Number(there)];
      const m = Math.max(...scores);
      return [m, sum(scores.length, (k) => Math.exp(scores[k]! - m)), logSum(scores), 1];
    });
    return { sums: sums.flat() };
  },
});

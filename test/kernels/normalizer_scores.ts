import { drawNegatives } from "../../src/bank/draw.ts";
import { normalizerScores } from "../../src/gpu/kernels.gen.ts";
import { anyRows, dot, positives } from "../contrast_cases.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";

const step = { seed: 5, step: 6, epoch: 0, rate: 0 };
const sizes = [
  { B: 1, D: 4, N: 2, C: 1, M: 2, per: 4, DRAW: 1, KEEP: 0, ALL: 0 },
  { B: 3, D: 12, N: 9, C: 3, M: 10, per: 4, DRAW: 1, KEEP: 0, ALL: 0 },
  { B: 3, D: 12, N: 9, C: 2, M: 6, per: 4, DRAW: 1, KEEP: 1, ALL: 0 },
  { B: 40, D: 8, N: 70, C: 3, M: 22, per: 8, DRAW: 0, KEEP: 0, ALL: 0 },
  { B: 5, D: 68, N: 33, C: 9, M: 33, per: 4, DRAW: 1, KEEP: 0, ALL: 1 },
];

export const kernelCase = kernelCaseOf({
  kernel: normalizerScores,
  cases: sizes.map(({ DRAW, KEEP, ALL, ...size }) => ({
    params: { ...size, anchor0: 7 * (size.B % 3), L: DRAW ? 1 : size.B * (size.M - 1), every: 3, inv_tau: 1.5 },
    overrides: { DRAW, KEEP, ALL },
    grid: [Math.ceil((size.B * size.C) / 64)],
    step,
  })),
  // Z is known, but step 6 is a multiple of every 3.
  inputs: ({ B, N, L }, random) => ({ index: positives(B, N), negatives: anyRows(L, N, random), log_z: [1.25, 1] }),
  ref: (inputs, { B, D, N, C, M, per, anchor0, inv_tau }, { seed, step }, { DRAW, KEEP, ALL }) => {
    const K = M - 1;
    const index = given(inputs, "index");
    const drawn = drawNegatives(index, { seed, step, rows: N, count: K, keepPositive: KEEP === 1, first: anchor0 });
    const rowOf = (b: number, k: number) =>
      ALL ? k : k === K ? index[b]! : DRAW ? drawn[b * K + k]! : given(inputs, "negatives")[b * K + k]!;
    const sums = Array.from({ length: B * C }, (_, i) => {
      const b = Math.floor(i / C);
      const first = (i % C) * per;
      const scores = Array.from({ length: Math.min(per, M - first) }, (_, k) => inv_tau * dot(inputs, b, rowOf(b, first + k), D));
      const m = Math.max(...scores);
      const total = sum(scores.length, (k) => Math.exp(scores[k]! - m));
      return [m, total, m + Math.log(total), 0];
    });
    return { sums: sums.flat() };
  },
});

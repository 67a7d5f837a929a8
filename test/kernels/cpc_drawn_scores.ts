import { cpcDrawnScores } from "../../src/gpu/kernels.gen.ts";
import { dotOf, drawnRows } from "../cpc_truth.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

/** Steps ahead around a tile of 8, draws around quads, predictions shared by all steps, a part of the anchors. */
export const drawnSizes = [
  { B: 1, T: 2, Q: 1, K: 1, n: 1, D: 4, M: 2, m0: 0, skip: 0, stride: 1 },
  { B: 2, T: 6, Q: 3, K: 3, n: 8, D: 20, M: 12, m0: 0, skip: 1, stride: 1 },
  { B: 2, T: 11, Q: 9, K: 9, n: 3, D: 8, M: 22, m0: 0, skip: 0, stride: 1 },
  { B: 3, T: 12, Q: 1, K: 9, n: 13, D: 12, M: 36, m0: 0, skip: 0, stride: 1 },
  { B: 2, T: 5, Q: 2, K: 2, n: 4, D: 16, M: 3, m0: 4, skip: 0, stride: 1 },
  { B: 2, T: 12, Q: 2, K: 2, n: 5, D: 8, M: 24, m0: 0, skip: 1, stride: 3 },
];
export const draws = (B: number, T: number, n: number): Float64Array => drawnRows({ B, T, n, scope: 0, groups: [], seed: 3, step: 1 });

export const kernelCase = kernelCaseOf({
  kernel: cpcDrawnScores,
  cases: drawnSizes.map(({ B, T, ...size }) => ({
    params: { ...size, R: B * T, N: size.n + 1, alpha: 0.5 },
    grid: [Math.ceil((size.M * Math.ceil(size.K / 8) * Math.ceil((size.n + 1) / 8)) / 32)],
  })),
  inputs: ({ R, n }) => ({ drawn: draws(1, R, n) }),
  ref: (inputs, { R, Q, D, K, M, N, n, m0, skip, stride, alpha }) => {
    const quads = 4 * Math.ceil(N / 4);
    return {
      s: fill(K * M * quads, (i) => {
        const [k, row, c] = [Math.floor(i / quads / M), (Math.floor(i / quads) % M) + m0, i % quads];
        if (c >= N) return Number.NaN;
        const to = c === 0 ? Math.min(row + (k + 1 + skip) * stride, R - 1) : given(inputs, "drawn")[row * n + c - 1]!;
        return alpha * dotOf(given(inputs, "q"), row * Q + Math.min(k, Q - 1), given(inputs, "z"), to, D);
      }),
    };
  },
});

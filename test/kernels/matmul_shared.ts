import { matmulShared } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  [1, 1, 1, 1],
  [63, 65, 15, 1],
  [64, 64, 16, 1],
  [70, 130, 33, 1],
  [66, 5, 50, 2],
  [9, 70, 100, 3],
] as const;

/** Terms of a split: a multiple of 16. */
const perSplit = (K: number, S: number): number => 16 * Math.ceil(K / 16 / S);

export const kernelCase = kernelCaseOf({
  kernel: matmulShared,
  cases: sizes.flatMap(([M, N, K, splits]) => {
    const per = perSplit(K, splits);
    const S = Math.ceil(K / per);
    const grid = [Math.ceil(N / 64), Math.ceil(M / 64), S];
    const nn = { M, N, K, ai: K, ak: 1, bk: N, bj: 1, S, per };
    return [
      { params: nn, grid, overrides: { ALONG_A: 1, ALONG_B: 0 } },
      { params: { ...nn, bk: 1, bj: K }, grid, overrides: { ALONG_A: 1, ALONG_B: 1 } },
      { params: { ...nn, ai: 1, ak: M }, grid, overrides: { ALONG_A: 0, ALONG_B: 0 } },
    ];
  }),
  ref: (inputs, { M, N, K, ai, ak, bk, bj, S, per }) => {
    const a = given(inputs, "a");
    const b = given(inputs, "b");
    return {
      c: fill(S * M * N, (sij) => {
        const [s, i, j] = [Math.floor(sij / (M * N)), Math.floor(sij / N) % M, sij % N];
        return sum(Math.min(per, K - s * per), (t) => a[i * ai + (s * per + t) * ak]! * b[(s * per + t) * bk + j * bj]!);
      }),
    };
  },
});

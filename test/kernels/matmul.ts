import { matmul } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  [1, 1, 1],
  [7, 9, 3],
  [8, 8, 4],
  [9, 17, 5],
  [33, 40, 70],
  [70, 66, 6],
] as const;
const grid = (M: number, N: number) => [Math.ceil((Math.ceil(M / 8) * Math.ceil(N / 8)) / 32)];

export const kernelCase = kernelCaseOf({
  kernel: matmul,
  cases: sizes.flatMap(([M, N, K]) => [
    { params: { M, N, K, ai: K, ak: 1, bk: N, bj: 1 }, grid: grid(M, N) }, // A B
    { params: { M, N, K, ai: K, ak: 1, bk: 1, bj: K }, grid: grid(M, N) }, // A B^T
    { params: { M, N, K, ai: 1, ak: M, bk: N, bj: 1 }, grid: grid(M, N) }, // A^T B
  ]),
  ref: (inputs, { M, N, K, ai, ak, bk, bj }) => {
    const a = given(inputs, "a");
    const b = given(inputs, "b");
    return {
      c: fill(M * N, (ij) => sum(K, (k) => a[Math.floor(ij / N) * ai + k * ak]! * b[k * bk + (ij % N) * bj]!)),
    };
  },
});

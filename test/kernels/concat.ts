import { concat } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: concat,
  cases: [
    { R: 1, M: 1, N: 1 },
    { R: 3, M: 5, N: 2 },
    { R: 43, M: 1, N: 5 },
    { R: 17, M: 16, N: 1 },
  ].map((params) => ({ params, grid: perFour(params.R * (params.M + params.N)) })),
  ref: (inputs, { R, M, N }) => {
    const [a, b] = [given(inputs, "a"), given(inputs, "b")];
    const value = (row: number, column: number) => (column < M ? a[row * M + column]! : b[row * N + column - M]!);
    return { y: fill(R * (M + N), (i) => value(Math.floor(i / (M + N)), i % (M + N))) };
  },
});

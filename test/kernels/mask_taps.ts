import { maskTaps } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: maskTaps,
  cases: [
    { N: 1, K: 1, end: 0 },
    { N: 30, K: 9, end: 4 },
    { N: 11, K: 25, end: 13 },
  ].map((params) => ({ params, grid: perFour(params.N * params.K) })),
  ref: (inputs, { N, K, end }) => ({ y: fill(N * K, (i) => (i % K < end ? given(inputs, "w")[i]! : 0)) }),
});

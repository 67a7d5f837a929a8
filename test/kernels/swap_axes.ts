import { swapAxes } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: swapAxes,
  cases: [
    { B: 1, M: 1, N: 1 },
    { B: 2, M: 3, N: 7 },
    { B: 3, M: 16, N: 21 },
  ].map((params) => ({ params, grid: perFour(params.B * params.M * params.N) })),
  ref: (inputs, { B, M, N }) => ({
    y: fill(B * M * N, (i) => given(inputs, "x")[Math.floor(i / (M * N)) * M * N + (i % M) * N + (Math.floor(i / M) % N)]!),
  }),
});

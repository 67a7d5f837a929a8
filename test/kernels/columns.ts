import { columns } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: columns,
  cases: [
    { R: 1, N: 1, C: 1, first: 0 },
    { R: 3, N: 7, C: 2, first: 5 },
    { R: 65, N: 9, C: 4, first: 0 },
    { R: 43, N: 6, C: 1, first: 3 },
  ].map((params) => ({ params, grid: perFour(params.R * params.C) })),
  ref: (inputs, { R, N, C, first }) => ({ y: fill(R * C, (i) => given(inputs, "x")[Math.floor(i / C) * N + first + (i % C)]!) }),
});

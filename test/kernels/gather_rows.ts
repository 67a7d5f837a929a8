import { gatherRows } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

const sizes = [
  { N: 1, D: 1, B: 1 },
  { N: 7, D: 5, B: 13 },
  { N: 30, D: 64, B: 4 },
  { N: 3, D: 257, B: 2 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: gatherRows,
  cases: sizes.map((params) => ({ params, grid: perFour(params.B * params.D) })),
  inputs: ({ N, B }, random) => ({ index: fill(B, () => Math.floor(N * random())) }),
  ref: (inputs, { D, B }) => ({
    picked: fill(B * D, (i) => given(inputs, "rows")[given(inputs, "index")[Math.floor(i / D)]! * D + (i % D)]!),
  }),
  tolerance: 0,
});

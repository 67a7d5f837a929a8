import { unstack } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

const sizes = [
  { N: 1, T: 1, t: 0 },
  { N: 257, T: 3, t: 2 },
  { N: 64, T: 2, t: 0 },
];

export const kernelCase = kernelCaseOf({
  kernel: unstack,
  cases: sizes.map((params) => ({ params, grid: perFour(params.N) })),
  ref: (inputs, { N, t }) => ({ y: Array.from(given(inputs, "x")).slice(t * N, (t + 1) * N) }),
});

import { add } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: add,
  cases: raggedCounts.map((N) => ({ params: { N }, grid: perFour(N) })),
  ref: (inputs, { N }) => ({ y: fill(N, (i) => given(inputs, "a")[i]! + given(inputs, "b")[i]!) }),
});

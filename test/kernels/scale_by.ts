import { scaleBy } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: scaleBy,
  cases: raggedCounts.map((N) => ({ params: { N }, grid: perFour(N) })),
  ref: (inputs, { N }) => ({ y: fill(N, (i) => given(inputs, "d")[0]! * given(inputs, "x")[i]!) }),
});

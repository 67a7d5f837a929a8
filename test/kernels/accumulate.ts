import { accumulate } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: accumulate,
  cases: raggedCounts.map((N) => ({ params: { N }, grid: perFour(N) })),
  inputs: ({ N }, random) => ({ sum: fill(N, () => random() - 0.5) }),
  ref: (inputs, { N }) => ({ sum: fill(N, (i) => given(inputs, "sum")[i]! + given(inputs, "part")[i]!) }),
});

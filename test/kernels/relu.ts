import { relu } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: relu,
  cases: raggedCounts.map((N) => ({ params: { N }, grid: perFour(N) })),
  ref: (inputs, { N }) => ({ y: fill(N, (i) => Math.max(0, given(inputs, "x")[i]!)) }),
});

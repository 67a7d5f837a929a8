import { reluDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: reluDx,
  cases: raggedCounts.map((N) => ({ params: { N }, grid: perFour(N) })),
  inputs: ({ N }, random) => ({ y: fill(N, () => Math.max(0, random() - 0.5)) }),
  ref: (inputs, { N }) => ({ dx: fill(N, (i) => (given(inputs, "y")[i]! > 0 ? given(inputs, "g")[i]! : 0)) }),
});

import { sumSplits } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane, raggedItems } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: sumSplits,
  cases: raggedItems.flatMap((N) => [1, 5].map((S) => ({ params: { S, N }, grid: perLane(N) }))),
  ref: (inputs, { S, N }) => ({ y: fill(N, (i) => sum(S, (s) => given(inputs, "part")[s * N + i]!)) }),
});

import { batchNormDw } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane, raggedItems } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormDw,
  cases: raggedItems.flatMap((C) => [1, 5].map((S) => ({ params: { S, C }, grid: perLane(C) }))),
  ref: (inputs, { S, C }) => {
    const row = (which: number) => fill(C, (c) => sum(S, (s) => given(inputs, "part")[(2 * s + which) * C + c]!));
    return { dgamma: row(0), dbeta: row(1) };
  },
});

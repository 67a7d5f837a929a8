import { fill as kernel } from "../../src/gpu/kernels.gen.ts";
import { fill, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel,
  cases: raggedCounts.map((N) => ({ params: { N, value: 0.75 }, grid: perFour(N) })),
  ref: (_inputs, { N, value }) => ({ y: fill(N, () => value) }),
});

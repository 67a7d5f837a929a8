import { scale } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: scale,
  cases: raggedCounts.map((N) => ({ params: { N, factor: -2.5 }, grid: perFour(N) })),
  ref: (inputs, { N, factor }) => ({ y: fill(N, (i) => factor * given(inputs, "x")[i]!) }),
});

import { spreadViews } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: spreadViews,
  cases: raggedCounts.map((N) => ({ params: { N }, grid: perFour(2 * N) })),
  ref: (inputs) => ({ y: [...Array.from(given(inputs, "first")), ...Array.from(given(inputs, "second"))] }),
});

import { contrastMean } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: contrastMean,
  cases: [1, 31, 33, 130].map((B) => ({ params: { B, lambda: 3 }, grid: [1] })),
  inputs: ({ B }, random) => ({ terms: Array.from({ length: 4 * B }, () => 1 + random()) }),
  ref: (inputs, { B, lambda }) => {
    const mean = (column: number) => sum(B, (b) => given(inputs, "terms")[4 * b + column]!) / B;
    return { loss: [mean(0) + lambda * mean(1)], contrast: [mean(0)], proximal: [mean(1)] };
  },
});

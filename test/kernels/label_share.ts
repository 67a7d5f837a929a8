import { labelShare } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: labelShare,
  // With C = 0 no label counts.
  cases: raggedCounts.flatMap((N) => [0, 3].map((C) => ({ params: { N, C }, grid: [1] }))),
  inputs: ({ N }, random) => ({ label: fill(N, () => (random() < 0.2 ? 0xffffffff : Math.floor(5 * random()))) }),
  ref: (inputs, { C }) => ({ share: [1 / Math.max(1, Array.from(given(inputs, "label")).filter((label) => label < C).length)] }),
});

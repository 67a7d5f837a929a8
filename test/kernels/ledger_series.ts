import { ledgerSeries } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: ledgerSeries,
  cases: [
    { N: 1, R: 1, step: 0 },
    { N: 12, R: 5, step: 3 },
    { N: 63, R: 2, step: 5 },
    { N: 65, R: 3, step: 12 },
  ].map(({ N, R, step }) => ({ params: { N, R }, grid: [Math.ceil(N / 64)], step: { seed: 1, step, epoch: 0, rate: 0 } })),
  inputs: ({ N, R }, random) => ({ ring: fill(N * R, random) }),
  ref: (inputs, { N, R }, { step }) => ({
    ring: fill(
      N * R,
      (i) => given(inputs, Math.floor(i / N) === step % R ? "values" : "ring")[Math.floor(i / N) === step % R ? i % N : i]!,
    ),
  }),
  tolerance: 0,
});

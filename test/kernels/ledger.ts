import { ledger } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

const names = ["a", "b", "c", "d"];

export const kernelCase = kernelCaseOf({
  kernel: ledger,
  cases: [
    { R: 1, step: 0 },
    { R: 5, step: 3 },
    { R: 5, step: 12 },
  ].map(({ R, step }) => ({ params: { R }, grid: [1], step: { seed: 1, step, epoch: 0, rate: 0 } })),
  inputs: ({ R }, random) => ({ ring: fill(4 * R, random) }),
  ref: (inputs, { R }, { step }) => ({
    ring: fill(4 * R, (i) => (Math.floor(i / 4) === step % R ? given(inputs, names[i % 4] ?? "")[0] : given(inputs, "ring")[i]) ?? 0),
  }),
  tolerance: 0,
});

import { ledger } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

const names = ["a", "b", "c", "d"];

export const kernelCase = kernelCaseOf({
  kernel: ledger,
  cases: [
    { R: 1, share: 1, add: 0, step: 0 },
    { R: 5, share: 1, add: 0, step: 3 },
    { R: 5, share: 0.25, add: 0, step: 12 },
    { R: 5, share: 0.3, add: 1, step: 12 },
  ].map(({ step, ...params }) => ({ params, grid: [1], step: { seed: 1, step, epoch: 0, rate: 0 } })),
  inputs: ({ R }, random) => ({ ring: fill(4 * R, random) }),
  ref: (inputs, { R, share, add }, { step }) => ({
    ring: fill(4 * R, (i) => {
      const before = given(inputs, "ring")[i]!;
      return Math.floor(i / 4) === step % R ? add * before + share * given(inputs, names[i % 4]!)[0]! : before;
    }),
  }),
  tolerance: 2e-7,
});

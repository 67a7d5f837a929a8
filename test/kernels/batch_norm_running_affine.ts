import { batchNormRunningAffine } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane, raggedItems } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormRunningAffine,
  cases: raggedItems.map((C) => ({ params: { C, eps: 1e-5 }, grid: perLane(C) })),
  inputs: ({ C }, random) => ({ running_var: fill(C, () => 0.5 + random()) }),
  ref: (inputs, { C, eps }) => {
    const scale = (c: number) => 1 / Math.sqrt(given(inputs, "running_var")[c]! + eps);
    const row = (c: number) => [
      given(inputs, "running_mean")[c]!,
      scale(c),
      scale(c) * given(inputs, "gamma")[c]!,
      given(inputs, "beta")[c]!,
    ];
    return { coef: fill(4 * C, (i) => row(i % C)[Math.floor(i / C)]!) };
  },
});

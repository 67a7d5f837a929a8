import { batchNormStats } from "../../src/gpu/kernels.gen.ts";
import { statisticsCases, statisticsInputs, statisticsRef } from "../batch_norm_cases.ts";
import { kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormStats,
  cases: statisticsCases,
  inputs: statisticsInputs,
  ref: (inputs, p) =>
    statisticsRef(
      inputs,
      p,
      () => 1,
      () => 0,
    ),
});

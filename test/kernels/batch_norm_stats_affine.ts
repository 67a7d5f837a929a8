import { batchNormStatsAffine } from "../../src/gpu/kernels.gen.ts";
import { statisticsCases, statisticsInputs, statisticsRef } from "../batch_norm_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormStatsAffine,
  cases: statisticsCases,
  inputs: statisticsInputs,
  ref: (inputs, p) => {
    const [gamma, beta] = [given(inputs, "gamma"), given(inputs, "beta")];
    return statisticsRef(
      inputs,
      p,
      (c) => gamma[c]!,
      (c) => beta[c]!,
    );
  },
});

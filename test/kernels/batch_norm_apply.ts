import { batchNormApply } from "../../src/gpu/kernels.gen.ts";
import { applyCases, coefficients } from "../batch_norm_cases.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormApply,
  cases: applyCases,
  inputs: ({ C }, random) => ({ coef: coefficients(C, random) }),
  ref: (inputs, { B, C, P, relu }) => {
    const [x, coef] = [given(inputs, "x"), given(inputs, "coef")];
    const value = (i: number, c: number) => (x[i]! - coef[c]!) * coef[2 * C + c]! + coef[3 * C + c]!;
    return { y: fill(B * C * P, (i) => Math.max(value(i, Math.floor(i / P) % C), relu ? 0 : Number.NEGATIVE_INFINITY)) };
  },
});

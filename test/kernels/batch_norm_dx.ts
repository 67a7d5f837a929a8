import { batchNormDx } from "../../src/gpu/kernels.gen.ts";
import { applyCases, coefficients } from "../batch_norm_cases.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormDx,
  cases: applyCases,
  inputs: ({ C }, random) => ({ coef: coefficients(C, random) }),
  ref: (inputs, { B, C, P, relu }) => {
    const [x, g, coef] = [given(inputs, "x"), given(inputs, "g"), given(inputs, "coef")];
    const [dgamma, dbeta] = [given(inputs, "dgamma"), given(inputs, "dbeta")];
    return {
      dx: fill(B * C * P, (i) => {
        const c = Math.floor(i / P) % C;
        const [mean, r, scale, beta] = [coef[c]!, coef[C + c]!, coef[2 * C + c]!, coef[3 * C + c]!];
        const h = relu && (x[i]! - mean) * scale + beta <= 0 ? 0 : g[i]!;
        return scale * (h - dbeta[c]! / (B * P) - ((x[i]! - mean) * r * dgamma[c]!) / (B * P));
      }),
    };
  },
});

import { conv1dDwSub4 } from "../../src/gpu/kernels.gen.ts";
import { eachProduct, windowed, windowParams, windowSizes } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv1dDwSub4,
  lanes: 8,
  cases: windowSizes.flatMap((p) =>
    [1, 3].map((chunks) => {
      const chunk = 4 * Math.ceil((p.B * p.OW) / 4 / chunks);
      const S = Math.ceil((p.B * p.OW) / chunk);
      const grid = [Math.ceil((p.I * p.KW) / 64), Math.ceil(p.O / 16), S];
      return { params: { ...windowParams(p), S, chunk }, overrides: { STRIDE: p.sx }, grid };
    }),
  ),
  ref: (inputs, p, _, { STRIDE = 0 }) => {
    const [x, g] = [given(inputs, "x"), given(inputs, "g")];
    const weights = p.O * p.I * 2 * STRIDE;
    const part = new Float64Array(p.S * weights);
    eachProduct(windowed(p, STRIDE), (atY, atX, atW) => {
      const step = Math.floor(atY / (p.O * p.OW)) * p.OW + (atY % p.OW);
      part[Math.floor(step / p.chunk) * weights + atW]! += g[atY]! * x[atX]!;
    });
    return { part };
  },
});

import { conv1dDxSub16 } from "../../src/gpu/kernels.gen.ts";
import { eachProduct, windowed, windowParams, windowSizes } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv1dDxSub16,
  lanes: 4,
  cases: windowSizes.map((p) => ({
    params: windowParams(p),
    overrides: { STRIDE: p.sx },
    grid: [Math.ceil((p.B * Math.ceil(p.OW / 16)) / 8), Math.ceil((p.I * p.sx) / 16)],
  })),
  ref: (inputs, p, _, { STRIDE = 0 }) => {
    const [g, w] = [given(inputs, "g"), given(inputs, "w")];
    const dx = new Float64Array(p.B * p.I * p.W);
    eachProduct(windowed(p, STRIDE), (atY, atX, atW) => {
      dx[atX]! += g[atY]! * w[atW]!;
    });
    return { dx };
  },
});

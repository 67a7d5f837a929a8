import { conv2dDxSub16 } from "../../src/gpu/kernels.gen.ts";
import { convSizes, eachProduct } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2dDxSub16,
  lanes: 4,
  cases: convSizes.map((p) => ({
    params: { ...p },
    grid: [Math.ceil((p.B * Math.ceil(p.H / p.sy) * Math.ceil(p.W / p.sx)) / 128), Math.ceil(p.I / 16), p.sy * p.sx],
  })),
  ref: (inputs, p) => {
    const [g, w] = [given(inputs, "g"), given(inputs, "w")];
    const dx = new Float64Array(p.B * p.I * p.H * p.W);
    eachProduct(p, (atY, atX, atW) => {
      dx[atX]! += g[atY]! * w[atW]!;
    });
    return { dx };
  },
});

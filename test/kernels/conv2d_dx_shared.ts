import { conv2dDxShared } from "../../src/gpu/kernels.gen.ts";
import { convSizes, convWide, eachProduct } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2dDxShared,
  cases: [...convSizes, convWide]
    .filter(({ dy, dx }) => dy * dx === 1)
    .map(({ dy: _, dx: __, ...p }) => ({
      params: p,
      grid: [Math.ceil((p.B * Math.ceil(p.H / p.sy) * Math.ceil(p.W / p.sx)) / 64), Math.ceil(p.I / 64), p.sy * p.sx],
    })),
  ref: (inputs, p) => {
    const [g, w] = [given(inputs, "g"), given(inputs, "w")];
    const dx = new Float64Array(p.B * p.I * p.H * p.W);
    eachProduct({ ...p, dy: 1, dx: 1 }, (atY, atX, atW) => {
      dx[atX]! += g[atY]! * w[atW]!;
    });
    return { dx };
  },
});

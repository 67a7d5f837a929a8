import { conv2dDwShared } from "../../src/gpu/kernels.gen.ts";
import { convSizes, convWide, eachProduct } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2dDwShared,
  cases: [...convSizes, convWide].flatMap((p) =>
    [1, 3, 7].map((chunks) => {
      const pixels = p.B * p.OH * p.OW;
      const chunk = Math.ceil(pixels / chunks);
      const S = Math.ceil(pixels / chunk);
      return { params: { ...p, S, chunk }, grid: [Math.ceil((p.I * p.KH * p.KW) / 64), Math.ceil(p.O / 64), S] };
    }),
  ),
  ref: (inputs, p) => {
    const [x, g] = [given(inputs, "x"), given(inputs, "g")];
    const weights = p.O * p.I * p.KH * p.KW;
    const part = new Float64Array(p.S * weights);
    const area = p.OH * p.OW;
    eachProduct(p, (atY, atX, atW) => {
      const pixel = Math.floor(atY / (p.O * area)) * area + (atY % area);
      part[Math.floor(pixel / p.chunk) * weights + atW]! += g[atY]! * x[atX]!;
    });
    return { part };
  },
});

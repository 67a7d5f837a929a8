import { conv1dFew } from "../../src/gpu/kernels.gen.ts";
import { convRef, fewSizes } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv1dFew,
  lanes: 4,
  cases: fewSizes.map(({ B, I, W, O, OW, KW, sx: s, px }) => ({
    params: { B, I, W, O, OW, KW, s, px },
    grid: [Math.ceil((B * OW) / 32), Math.ceil(O / 16)],
  })),
  ref: (inputs, { I }) => ({ y: convRef(given(inputs, "x"), given(inputs, "w"), fewSizes.find((p) => p.I === I)!) }),
});

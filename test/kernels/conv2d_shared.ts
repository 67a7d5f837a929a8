import { conv2dShared } from "../../src/gpu/kernels.gen.ts";
import { convRef, convSizes, convWide } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2dShared,
  cases: [...convSizes, convWide].map((p) => ({ params: { ...p }, grid: [Math.ceil((p.B * p.OH * p.OW) / 64), Math.ceil(p.O / 64)] })),
  ref: (inputs, p) => ({ y: convRef(given(inputs, "x"), given(inputs, "w"), p) }),
});

import { conv2d } from "../../src/gpu/kernels.gen.ts";
import { convRef, convSizes } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2d,
  cases: convSizes.map((p) => ({ params: { ...p }, grid: [Math.ceil((p.B * p.OH * p.OW) / 256), Math.ceil(p.O / 8)] })),
  ref: (inputs, p) => ({ y: convRef(given(inputs, "x"), given(inputs, "w"), p) }),
});

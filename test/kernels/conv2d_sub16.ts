import { conv2dSub16 } from "../../src/gpu/kernels.gen.ts";
import { convRef, convSizes } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv2dSub16,
  lanes: 4,
  cases: convSizes.map((p) => ({ params: { ...p }, grid: [Math.ceil((p.B * p.OH * p.OW) / 128), Math.ceil(p.O / 16)] })),
  ref: (inputs, p) => ({ y: convRef(given(inputs, "x"), given(inputs, "w"), p) }),
});

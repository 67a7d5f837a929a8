import { conv1dSub4 } from "../../src/gpu/kernels.gen.ts";
import { convRef, windowed, windowParams, windowSizes } from "../conv_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: conv1dSub4,
  lanes: 8,
  cases: windowSizes.map((p) => ({
    params: windowParams(p),
    overrides: { STRIDE: p.sx },
    grid: [Math.ceil((p.B * Math.ceil(p.OW / 4)) / 8), Math.ceil(p.O / 16)],
  })),
  ref: (inputs, p, _, { STRIDE = 0 }) => ({ y: convRef(given(inputs, "x"), given(inputs, "w"), windowed(p, STRIDE)) }),
});

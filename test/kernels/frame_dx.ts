import { frameDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";
import { frameSizes } from "./frame.ts";

export const kernelCase = kernelCaseOf({
  kernel: frameDx,
  cases: frameSizes.map((params) => ({ params, grid: perFour(params.B * params.T * params.H) })),
  ref: (inputs, { B, T, H, t }) => ({
    dx: fill(B * T * H, (i) => (Math.floor(i / H) % T === t ? given(inputs, "dy")[Math.floor(i / H / T) * H + (i % H)]! : 0)),
  }),
});

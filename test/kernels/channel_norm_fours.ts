import { channelNormFours as kernel } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { channelNormFours, channelNormRef } from "./channel_norm.ts";

export const kernelCase = kernelCaseOf({
  kernel,
  cases: channelNormFours.map(({ RELU, ...size }) => ({
    params: { ...size, eps: 1e-5 },
    overrides: { RELU },
    grid: [Math.ceil((size.B * size.T) / 64)],
  })),
  ref: (inputs, p, _, { RELU = 0 }) => channelNormRef(inputs, p, RELU),
});

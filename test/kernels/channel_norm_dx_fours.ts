import { channelNormDxFours } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { channelNormFours } from "./channel_norm.ts";
import { channelNormDxRef } from "./channel_norm_dx.ts";

export const kernelCase = kernelCaseOf({
  kernel: channelNormDxFours,
  cases: channelNormFours.map(({ RELU, ...params }) => ({ params, overrides: { RELU }, grid: [Math.ceil((params.B * params.T) / 64)] })),
  ref: (inputs, p, _, { RELU = 0 }) => channelNormDxRef(inputs, p, RELU),
});

import { channelNormDwFours } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { channelNormFours } from "./channel_norm.ts";
import { channelNormDwRef } from "./channel_norm_dw_partial.ts";

export const kernelCase = kernelCaseOf({
  kernel: channelNormDwFours,
  cases: channelNormFours.map(({ RELU, ...size }, i) => {
    const rows = 1 + (i % 2);
    return { params: { ...size, rows }, overrides: { RELU }, grid: [Math.ceil((Math.ceil(size.B / rows) * size.C) / 16)] };
  }),
  ref: (inputs, p, _, { RELU = 0 }) => channelNormDwRef(inputs, p, RELU),
});

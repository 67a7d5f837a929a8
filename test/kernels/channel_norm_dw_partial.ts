import { channelNormDwPartial } from "../../src/gpu/kernels.gen.ts";
import { type Arrays, fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { channelNormSizes } from "./channel_norm.ts";

/** Of channel_norm_dw_partial.wgsl, in float64. */
export function channelNormDwRef(
  inputs: Arrays,
  { B, C, T, rows }: { B: number; C: number; T: number; rows: number },
  RELU: number,
): Arrays {
  const [x, y, stats, g] = [given(inputs, "x"), given(inputs, "y"), given(inputs, "stats"), given(inputs, "g")];
  const part = fill(Math.ceil(B / rows) * 2 * C, () => 0);
  for (let i = 0; i < B * C * T; i++) {
    if (RELU && y[i]! <= 0) continue;
    const [b, c, t] = [Math.floor(i / C / T), Math.floor(i / T) % C, i % T];
    const at = 2 * Math.floor(b / rows) * C + c;
    part[at]! += g[i]! * (x[i]! - stats[2 * (b * T + t)]!) * stats[2 * (b * T + t) + 1]!;
    part[at + C]! += g[i]!;
  }
  return { part };
}

export const kernelCase = kernelCaseOf({
  kernel: channelNormDwPartial,
  cases: channelNormSizes.map(({ RELU, ...size }, i) => {
    const rows = 1 + (i % 2);
    return { params: { ...size, rows }, overrides: { RELU }, grid: perLane(Math.ceil(size.B / rows) * size.C) };
  }),
  ref: (inputs, p, _, { RELU = 0 }) => channelNormDwRef(inputs, p, RELU),
});

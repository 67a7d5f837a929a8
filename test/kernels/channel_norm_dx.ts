import { channelNormDx } from "../../src/gpu/kernels.gen.ts";
import { type Arrays, fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { channelNormSizes } from "./channel_norm.ts";

/** Of channel_norm_dx.wgsl, in float64. */
export function channelNormDxRef(inputs: Arrays, { B, C, T }: { B: number; C: number; T: number }, RELU: number): Arrays {
  const [x, y, stats, g] = [given(inputs, "x"), given(inputs, "y"), given(inputs, "stats"), given(inputs, "g")];
  const dx = fill(B * C * T, (i) => {
    const [b, t] = [Math.floor(i / C / T), i % T];
    const [mean, scale] = [stats[2 * (b * T + t)]!, stats[2 * (b * T + t) + 1]!];
    const at = (c: number) => (b * C + c) * T + t;
    const h = (c: number) => (RELU && y[at(c)]! <= 0 ? 0 : g[at(c)]! * given(inputs, "weight")[c]!);
    const unit = (c: number) => (x[at(c)]! - mean) * scale;
    const own = Math.floor(i / T) % C;
    return scale * (h(own) - sum(C, h) / C - (unit(own) * sum(C, (c) => h(c) * unit(c))) / (C - 1));
  });
  return { dx };
}

export const kernelCase = kernelCaseOf({
  kernel: channelNormDx,
  cases: channelNormSizes.map(({ RELU, ...params }) => ({ params, overrides: { RELU }, grid: perLane(params.B * params.T) })),
  ref: (inputs, p, _, { RELU = 0 }) => channelNormDxRef(inputs, p, RELU),
});

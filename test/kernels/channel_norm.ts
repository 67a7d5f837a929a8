import { channelNorm } from "../../src/gpu/kernels.gen.ts";
import { type Arrays, fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const channelNormSizes = [
  { B: 1, C: 2, T: 1, RELU: 0 },
  { B: 3, C: 7, T: 21, RELU: 1 },
  { B: 2, C: 17, T: 33, RELU: 0 },
  { B: 5, C: 3, T: 13, RELU: 1 },
] as const;

/** Steps in fours. */
export const channelNormFours = [
  { B: 1, C: 2, T: 4, RELU: 0 },
  { B: 3, C: 7, T: 20, RELU: 1 },
  { B: 2, C: 17, T: 36, RELU: 0 },
  { B: 5, C: 3, T: 12, RELU: 1 },
] as const;

/** Mean and 1/deviation of step t of sequence b, as channel_norm.wgsl defines them. */
export function statsOf(inputs: Arrays, { C, T, eps }: { C: number; T: number; eps: number }, b: number, t: number) {
  const x = (c: number) => given(inputs, "x")[(b * C + c) * T + t]!;
  const mean = sum(C, x) / C;
  return [mean, 1 / Math.sqrt(sum(C, (c) => (x(c) - mean) ** 2) / (C - 1) + eps)] as const;
}

export function channelNormRef(inputs: Arrays, p: { B: number; C: number; T: number; eps: number }, RELU: number): Arrays {
  const { B, C, T } = p;
  const y = fill(B * C * T, (i) => {
    const [b, c, t] = [Math.floor(i / C / T), Math.floor(i / T) % C, i % T];
    const [mean, scale] = statsOf(inputs, p, b, t);
    const v = (given(inputs, "x")[i]! - mean) * scale * given(inputs, "weight")[c]! + given(inputs, "bias")[c]!;
    return RELU ? Math.max(v, 0) : v;
  });
  return { y, stats: fill(B * T * 2, (i) => statsOf(inputs, p, Math.floor(i / 2 / T), Math.floor(i / 2) % T)[i % 2]!) };
}

export const kernelCase = kernelCaseOf({
  kernel: channelNorm,
  cases: channelNormSizes.map(({ RELU, ...size }) => ({
    params: { ...size, eps: 1e-5 },
    overrides: { RELU },
    grid: perLane(size.B * size.T),
  })),
  ref: (inputs, p, _, { RELU = 0 }) => channelNormRef(inputs, p, RELU),
});

import { headsSgd } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";

const sizes = [
  { H: 1, N: 1 },
  { H: 3, N: 85 },
  { H: 2, N: 128 },
  { H: 5, N: 103 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: headsSgd,
  cases: sizes.map((size) => ({
    params: { ...size, mu: 0.9, gain: size.H },
    grid: perFour(size.H * size.N),
    step: { seed: 1, step: 2, epoch: 0, rate: 0.3 },
  })),
  inputs: ({ H, N }, random) => ({
    settings: fill(2 * H, (i) => (i % 2 ? 0.01 * (i >> 1) : 2 ** -(i >> 1))),
    weight: fill(H * N, () => random() - 0.5),
    velocity: fill(H * N, () => random() - 0.5),
  }),
  ref: (inputs, { H, N, mu, gain }, { rate }) => {
    const [gradient, settings] = [given(inputs, "gradient"), given(inputs, "settings")];
    const [weight, before] = [given(inputs, "weight"), given(inputs, "velocity")];
    const decay = (i: number) => settings[2 * Math.floor(i / N) + 1]!;
    const velocity = fill(H * N, (i) => mu * before[i]! + gain * gradient[i]! + decay(i) * weight[i]!);
    return { velocity, weight: fill(H * N, (i) => weight[i]! - rate * settings[2 * Math.floor(i / N)]! * velocity[i]!) };
  },
});

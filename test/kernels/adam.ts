import { adam } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

const rules = [
  { beta1: 0.9, beta2: 0.999, coupled: 0, decoupled: 0 },
  { beta1: 0.9, beta2: 0.999, coupled: 0.1, decoupled: 0 },
  { beta1: 0.8, beta2: 0.99, coupled: 0, decoupled: 0.1 },
];

export const kernelCase = kernelCaseOf({
  kernel: adam,
  cases: raggedCounts.flatMap((N, i) =>
    rules.map(({ beta1, beta2, coupled, decoupled }, j) => ({
      params: {
        N,
        rise1: 1 - beta1,
        rise2: 1 - beta2,
        log_b1: Math.log(beta1),
        log_b2: Math.log(beta2),
        epsilon: 1e-8,
        coupled,
        decoupled,
      },
      grid: perFour(N),
      // First step, a few later, and where the bias is all but gone: both branches of 1 - exp.
      step: { seed: 1, step: [0, 1, 7, 400, 2000, 1e6][(i + j) % 6]!, epoch: 0, rate: 0.3 },
    })),
  ),
  inputs: ({ N }, random) => ({
    weight: fill(N, () => random() - 0.5),
    mean: fill(N, () => random() - 0.5),
    variance: fill(N, () => 0.01 + random()),
  }),
  ref: (inputs, { N, rise1, rise2, epsilon, coupled, decoupled }, { rate, step }) => {
    const [weight, mean, variance] = [given(inputs, "weight"), given(inputs, "mean"), given(inputs, "variance")];
    const d = fill(N, (i) => given(inputs, "gradient")[i]! + coupled * weight[i]!);
    const m = fill(N, (i) => (1 - rise1) * mean[i]! + rise1 * d[i]!);
    const v = fill(N, (i) => (1 - rise2) * variance[i]! + rise2 * d[i]! ** 2);
    const [unbiased1, unbiased2] = [1 - (1 - rise1) ** (step + 1), 1 - (1 - rise2) ** (step + 1)];
    const w = fill(
      N,
      (i) => weight[i]! - rate * decoupled * weight[i]! - (rate * (m[i]! / unbiased1)) / (Math.sqrt(v[i]! / unbiased2) + epsilon),
    );
    return { weight: w, mean: m, variance: v };
  },
});

import { sgd } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour, raggedCounts } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: sgd,
  cases: raggedCounts.flatMap((N) =>
    [0, 1].map((nesterov) => ({
      params: { N, mu: 0.9, decay: 0.01, nesterov },
      grid: perFour(N),
      step: { seed: 1, step: 2, epoch: 0, rate: 0.3 },
    })),
  ),
  inputs: ({ N }, random) => ({ weight: fill(N, () => random() - 0.5), velocity: fill(N, () => random() - 0.5) }),
  ref: (inputs, { N, mu, decay, nesterov }, { rate }) => {
    const d = fill(N, (i) => given(inputs, "gradient")[i]! + decay * given(inputs, "weight")[i]!);
    const velocity = fill(N, (i) => mu * given(inputs, "velocity")[i]! + d[i]!);
    return { velocity, weight: fill(N, (i) => given(inputs, "weight")[i]! - rate * (nesterov ? d[i]! + mu * velocity[i]! : velocity[i]!)) };
  },
});

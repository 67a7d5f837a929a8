import { returns } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: returns,
  cases: [
    { B: 1, T: 1, gamma: 0.9, lambda: 1 },
    { B: 3, T: 7, gamma: 0.95, lambda: 1 },
    { B: 65, T: 5, gamma: 1, lambda: 0.9 },
    { B: 2, T: 9, gamma: 0.99, lambda: 0 },
  ].map((params) => ({ params, grid: perLane(params.B) })),
  inputs: ({ B, T }, random) => ({ goes_on: fill(B * T, () => (random() < 0.3 ? 0 : 1)) }),
  // Forwards, as eq. 16 reads: every later delta counts (gamma lambda)^l unless an episode ends before it.
  ref: (inputs, { B, T, gamma, lambda }) => {
    const [reward, on, value] = [given(inputs, "reward"), given(inputs, "goes_on"), given(inputs, "value")];
    const V = (b: number, t: number) => value[b * (T + 1) + t]!;
    const delta = (b: number, t: number) => reward[b * T + t]! + gamma * on[b * T + t]! * V(b, t + 1) - V(b, t);
    const advantage = fill(B * (T + 1), (i) => {
      const [b, from] = [Math.floor(i / (T + 1)), i % (T + 1)];
      let [total, weight] = [0, 1];
      for (let t = from; t < T; t++) {
        total += weight * delta(b, t);
        weight *= gamma * lambda * on[b * T + t]!;
      }
      return total;
    });
    return { advantage, goal: fill(advantage.length, (i) => advantage[i]! + value[i]!) };
  },
});

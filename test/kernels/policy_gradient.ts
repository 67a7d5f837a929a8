import { policyGradient } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: policyGradient,
  cases: [
    { R: 1, A: 1, share: 1, beta: 0.5 },
    { R: 3, A: 2, share: 0.5, beta: 0 },
    { R: 65, A: 4, share: 1 / 65, beta: 0.1 },
    { R: 130, A: 7, share: 1 / 100, beta: 0.01 },
  ].map((params) => ({ params, grid: perLane(params.R) })),
  // Logits of up to ±30; every fourth row took no action.
  inputs: ({ R, A }, random) => ({
    x: fill(R * A, () => (random() < 0.3 ? 60 * random() - 30 : 2 * random() - 1)),
    action: fill(R, (r) => (r % 4 === 3 ? 0xffffffff : Math.floor(A * random()))),
  }),
  ref: (inputs, { R, A, share, beta }) => {
    const [x, action, advantage] = [given(inputs, "x"), given(inputs, "action"), given(inputs, "advantage")];
    const took = (r: number) => action[r]! < A;
    const pi = (r: number, c: number) => 1 / sum(A, (k) => Math.exp(x[r * A + k]! - x[r * A + c]!));
    const log = (r: number, c: number) => -Math.log(sum(A, (k) => Math.exp(x[r * A + k]! - x[r * A + c]!)));
    const h = (r: number) => -sum(A, (c) => pi(r, c) * log(r, c));
    const dx = (r: number, c: number) => advantage[r]! * (pi(r, c) - (c === action[r] ? 1 : 0)) + beta * pi(r, c) * (log(r, c) + h(r));
    return {
      row: fill(R, (r) => (took(r) ? share * (-advantage[r]! * log(r, action[r]!) - beta * h(r)) : 0)),
      entropy: fill(R, (r) => (took(r) ? share * h(r) : 0)),
      dx: fill(R * A, (i) => (took(Math.floor(i / A)) ? share * dx(Math.floor(i / A), i % A) : 0)),
    };
  },
});

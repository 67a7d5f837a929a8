import { drawAction } from "../../src/gpu/kernels.gen.ts";
import { Purpose, randomF32, randomStream } from "../../src/random.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane, raggedItems } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: drawAction,
  cases: raggedItems.map((B, i) => ({
    params: { B, A: 1 + 2 * i },
    grid: perLane(B),
    step: { seed: 3, step: 70 + i, epoch: 0, rate: 0 },
  })),
  // Logits of up to ±40: exp() of them must not be taken as they are.
  inputs: ({ B, A }, random) => ({ x: fill(B * A, (i) => (i % 3 === 0 ? 80 * random() - 40 : 2 * random())) }),
  ref: (inputs, { B, A }, { seed, step }) => {
    const x = given(inputs, "x");
    const share = (b: number, a: number) => 1 / sum(A, (k) => Math.exp(x[b * A + k]! - x[b * A + a]!));
    const action = (b: number) => {
      const u = randomF32(randomStream(seed, Purpose.act), step, 0, b);
      const reached = fill(A, (a) => sum(a + 1, (k) => share(b, k))).findIndex((below) => below > u);
      return reached < 0 ? A - 1 : reached;
    };
    return { action: fill(B, action) };
  },
});

import { crossEntropy } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: crossEntropy,
  cases: [
    { B: 1, C: 1 },
    { B: 3, C: 2 },
    { B: 65, C: 10 },
    { B: 130, C: 7 },
  ].map((params) => ({ params, grid: perLane(params.B) })),
  // Logits of up to ±60: exp() of them must not be taken as they are.
  inputs: ({ B, C }, random) => ({
    x: fill(B * C, () => 120 * random() - 60),
    label: fill(B, () => Math.floor(C * random())),
  }),
  ref: (inputs, { B, C }) => {
    const [x, label] = [given(inputs, "x"), given(inputs, "label")];
    const share = (b: number, c: number) => 1 / sum(C, (k) => Math.exp(x[b * C + k]! - x[b * C + c]!));
    return {
      row: fill(B, (b) => Math.log(1 / share(b, label[b]!))),
      dx: fill(B * C, (i) => (share(Math.floor(i / C), i % C) - (i % C === label[Math.floor(i / C)] ? 1 : 0)) / B),
    };
  },
});

import { pixelCrossEntropy } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: pixelCrossEntropy,
  cases: [
    { B: 1, C: 1, P: 1 },
    { B: 3, C: 2, P: 21 },
    { B: 2, C: 5, P: 65 },
    { B: 5, C: 13, P: 26 },
  ].map((params) => ({ params, grid: perLane(params.B * params.P) })),
  // Logits of up to ±60: exp() of them must not be taken as they are. Labels of C and above do not count.
  inputs: ({ B, C, P }, random) => ({
    x: fill(B * C * P, () => 120 * random() - 60),
    label: fill(B * P, (i) => (i % 5 === 4 ? 0xffffffff : Math.floor((C + (i > 2 ? 1 : 0)) * random()))),
    share: [0.125],
  }),
  ref: (inputs, { B, C, P }) => {
    const [x, label] = [given(inputs, "x"), given(inputs, "label")];
    const at = (b: number, c: number, q: number): number => x[(b * C + c) * P + q]!;
    const share = (b: number, c: number, q: number) => 1 / sum(C, (k) => Math.exp(at(b, k, q) - at(b, c, q)));
    return {
      row: fill(B * P, (i) => {
        const own = label[i]!;
        return own < C ? 0.125 * Math.log(1 / share(Math.floor(i / P), own, i % P)) : 0;
      }),
      dx: fill(B * C * P, (i) => {
        const [b, c, q] = [Math.floor(i / (C * P)), Math.floor(i / P) % C, i % P];
        const own = label[b * P + q]!;
        return own < C ? 0.125 * (share(b, c, q) - (c === own ? 1 : 0)) : 0;
      }),
    };
  },
});

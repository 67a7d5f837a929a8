import { colourSplit } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { splitOf } from "../views/colour_spaces.ts";

const sizes = [
  { B: 1, P: 1, LAB: 1 },
  { B: 3, P: 257, LAB: 1 },
  { B: 1, P: 1000, LAB: 0 },
  { B: 2, P: 3, LAB: 0 },
];

export const kernelCase = kernelCaseOf({
  kernel: colourSplit,
  cases: sizes.map(({ LAB, ...params }) => ({ params, overrides: { LAB }, grid: [Math.ceil(params.P / 256), params.B] })),
  // All of 0 .. 1, many dark ones (where the curves are lines), black and white.
  inputs: ({ B, P }, random) => ({
    rgb: Array.from({ length: 3 * B * P }, (_, i) => (i % P === 1 ? 0 : i % P === 2 ? 1 : random() ** (1 + (i % 5)))),
  }),
  ref: (inputs, { B, P }, _step, { LAB }) => {
    const rgb = given(inputs, "rgb");
    const [first, second] = [new Float64Array(B * P), new Float64Array(2 * B * P)];
    for (let i = 0; i < B * P; i++) {
      const [b, at] = [Math.floor(i / P), i % P];
      const channel = (c: number): number => rgb[(3 * b + c) * P + at]!;
      const [q0, q1, q2] = splitOf(LAB ? "lab" : "ycbcr", [channel(0), channel(1), channel(2)]);
      first[i] = q0;
      second[2 * b * P + at] = q1;
      second[(2 * b + 1) * P + at] = q2;
    }
    return { first, second };
  },
});

import { croppedView } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { classesOf, cropBox, imageInputs, LEVELS, viewOf } from "../view_cases.ts";

const usual = { area0: 0.2, area1: 1, aspect0: 3 / 4, aspect1: 4 / 3, flip: 0.5 };
const sizes = [
  { N: 1, C: 1, H: 1, W: 1, H2: 1, W2: 1, B: 1, number: 0, ...usual },
  { N: 6, C: 3, H: 17, W: 12, H2: 17, W2: 12, B: 9, number: 0, ...usual },
  { N: 3, C: 1, H: 28, W: 28, H2: 20, W2: 19, B: 5, number: 1, ...usual, flip: 1 },
  { N: 4, C: 5, H: 5, W: 30, H2: 8, W2: 8, B: 3, number: 2, ...usual, area0: 0.9 }, // no such rectangle fits: the middle
  { N: 2, C: 2, H: 9, W: 11, H2: 9, W2: 11, B: 2, number: 0, area0: 1, area1: 1, aspect0: 11 / 9, aspect1: 11 / 9, flip: 0 }, // the whole
  { N: 3, C: 1, H: 19, W: 23, H2: 11, W2: 13, B: 4, number: 1, ...usual, K: 6 }, // class numbers
];

export const kernelCase = kernelCaseOf({
  kernel: croppedView,
  cases: sizes.map(({ K, ...size }: (typeof sizes)[number] & { K?: number }, i) => ({
    params: { ...size, K: K ?? size.C, ...LEVELS },
    overrides: { CLASSES: K === undefined ? 0 : 1 },
    grid: [Math.ceil((size.H2 * size.W2) / 256), size.B],
    step: { seed: 5 + i, step: 77 * i, epoch: 0, rate: 0 },
  })),
  inputs: (params, random) => imageInputs(params, params.B, random, params.K === params.C ? 256 : params.K),
  ref: (inputs, params, step, { CLASSES }) => {
    const { H, W, H2, W2 } = params;
    const source = (_: number, id: number) => {
      const { box, mirrored } = cropBox(step, id, params, [H, W]);
      const [left, top, width, height] = box;
      const point = (x: number, y: number) =>
        [left + (((mirrored ? W2 - 1 - x : x) + 0.5) * width) / W2 - 0.5, top + ((y + 0.5) * height) / H2 - 0.5] as const;
      return { point, low: [left, top] as const, high: [left + width - 1, top + height - 1] as const, repeat: true };
    };
    return { view: CLASSES ? classesOf(inputs, params, params.K, [H2, W2], source) : viewOf(inputs, params, [H2, W2], params, source) };
  },
  tolerance: 1e-4,
});

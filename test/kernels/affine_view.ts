import { affineView } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { affineMap, classesOf, imageInputs, LEVELS, viewOf } from "../view_cases.ts";

const usual = { angle: 0.25, scale: 0.2, shear: 0.15, shift: 0.12, flip: 0, outside: 0 };
const still = { angle: 0, scale: 0, shear: 0, shift: 0, flip: 0, outside: 0 };
const wild = { angle: Math.PI, scale: 0.9, shear: 1, shift: 1, flip: 0.5, outside: 1 };
const mirrored = { ...usual, flip: 1, outside: 1 };
const sizes = [
  { N: 1, C: 1, H: 1, W: 1, B: 1, number: 0, ...usual },
  { N: 4, C: 1, H: 28, W: 28, B: 3, number: 0, ...usual },
  { N: 5, C: 3, H: 7, W: 9, B: 4, number: 1, ...usual },
  { N: 2, C: 2, H: 16, W: 17, B: 2, number: 2, ...still },
  { N: 9, C: 5, H: 6, W: 5, B: 7, number: 3, ...wild },
  { N: 3, C: 3, H: 9, W: 6, B: 2, number: 0, ...mirrored },
  { N: 4, C: 1, H: 12, W: 15, B: 3, number: 1, ...wild, K: 6 }, // class numbers
];

export const kernelCase = kernelCaseOf({
  kernel: affineView,
  cases: sizes.map(({ K, ...size }: (typeof sizes)[number] & { K?: number }, i) => ({
    params: { ...size, K: K ?? size.C, ...LEVELS },
    overrides: { CLASSES: K === undefined ? 0 : 1 },
    grid: [Math.ceil((size.H * size.W) / 256), size.B],
    step: { seed: 11 + i, step: 1000 * i, epoch: i, rate: 0 },
  })),
  inputs: (params, random) => imageInputs(params, params.B, random, params.K === params.C ? 256 : params.K),
  ref: (inputs, params, step, { CLASSES }) => {
    const { H, W } = params;
    const frame = { low: [0, 0], high: [W - 1, H - 1], repeat: params.outside === 1 } as const;
    const source = (_: number, id: number) => ({ ...frame, point: affineMap(step, id, params, [H, W]) });
    return { view: CLASSES ? classesOf(inputs, params, params.K, [H, W], source) : viewOf(inputs, params, [H, W], params, source) };
  },
  // Positions are good to about 1e-6 of the image's side.
  tolerance: 1e-4,
});

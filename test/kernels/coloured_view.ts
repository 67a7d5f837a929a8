import { colouredView } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf, type Random } from "../kernel_case.ts";
import { levelled } from "../view_cases.ts";
import { drawChange, type Rgb, recoloured } from "../views/reference.ts";

const usual = { jitter: 1, brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, grey: 0.2 };
const LEVELS = { gain0: 1, gain1: 2, gain2: 3, bias0: -0.5, bias1: 0.5, bias2: 1 };
const cases = [
  // 400 views of 400 samples: each of the 24 orders is drawn (test/views/colour.gpu.test.ts counts them).
  { params: { B: 400, C: 3, P: 5, number: 0, grey_first: 0, ...usual, grey: 0, ...LEVELS } },
  { params: { B: 9, C: 3, P: 257, number: 1, grey_first: 1, ...usual, ...LEVELS } },
  { params: { B: 12, C: 3, P: 63, number: 2, grey_first: 0, ...usual, jitter: 0.5, grey: 0.5, ...LEVELS }, overrides: { WG: 32 } },
  {
    params: {
      B: 6,
      C: 3,
      P: 35,
      number: 0,
      grey_first: 1,
      ...usual,
      hue: 0.5,
      brightness: 3,
      contrast: 3,
      saturation: 3,
      grey: 0,
      ...LEVELS,
    },
  },
  { params: { B: 3, C: 3, P: 31, number: 0, grey_first: 0, ...usual, jitter: 0, grey: 0, ...LEVELS } },
  { params: { B: 3, C: 3, P: 31, number: 0, grey_first: 0, ...usual, jitter: 0, grey: 1, ...LEVELS } },
  { params: { B: 4, C: 3, P: 300, number: 0, grey_first: 0, ...usual, contrast: 0, grey: 0, ...LEVELS }, overrides: { WG: 64 } },
  { params: { B: 5, C: 1, P: 49, number: 3, grey_first: 0, ...usual, saturation: 0, hue: 0, grey: 0, ...LEVELS } },
  { params: { B: 1, C: 3, P: 1, number: 0, grey_first: 0, ...usual, ...LEVELS } },
] as const;

/** Random colours among the corners of the cube (black, white, saturated ones), greys, and near-greys. */
function colour(i: number, random: Random): Rgb {
  const any: Rgb = [random(), random(), random()];
  if (i % 4 === 0) return any.map(Math.round) as unknown as Rgb;
  if (i % 8 === 1) return [any[0], any[0], any[0]];
  if (i % 8 === 5) return [any[0], any[0], Math.min(any[0] + 1e-3 * any[1], 1)];
  return any;
}

export const kernelCase = kernelCaseOf({
  kernel: colouredView,
  cases: cases.map((one, i) => ({ ...one, grid: [one.params.B], step: { seed: 3 + i, step: 50 * i, epoch: 0, rate: 0 } })),
  inputs: ({ B, C, P }, random) => {
    const view = new Float32Array(B * C * P);
    for (let i = 0; i < B * P; i++) {
      const rgb = colour(i, random);
      for (let c = 0; c < C; c++) view[(Math.floor(i / P) * C + c) * P + (i % P)] = rgb[c]!;
    }
    return { view, index: Uint32Array.from({ length: B }, (_, b) => 7 * b) };
  },
  ref: (inputs, params, step) => {
    const { B, C, P } = params;
    const [before, index] = [given(inputs, "view"), given(inputs, "index")];
    const view = new Float64Array(B * C * P);
    for (let b = 0; b < B; b++) {
      const at = (c: number, i: number): number => (b * C + Math.min(c, C - 1)) * P + i;
      const pixels = Array.from({ length: P }, (_, i): Rgb => [before[at(0, i)]!, before[at(1, i)]!, before[at(2, i)]!]);
      const after = recoloured(pixels, drawChange(step, index[b]!, params), params.grey_first === 1, C === 1);
      for (let c = 0; c < C; c++) for (let i = 0; i < P; i++) view[at(c, i)] = levelled(params, c, after[i]![c]!);
    }
    return { view };
  },
  tolerance: 1e-5,
});

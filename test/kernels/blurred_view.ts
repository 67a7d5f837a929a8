import { blurredView } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { LEVELS, levelled } from "../view_cases.ts";
import { blurredPlane, drawSigma } from "../views/reference.ts";

const usual = { blur: 1, sigma0: 0.1, sigma1: 2 };
const sizes = [
  { B: 3, C: 3, H: 9, W: 7, number: 0, radius: 1, vertical: 0, ...usual },
  { B: 3, C: 3, H: 9, W: 7, number: 0, radius: 8, vertical: 1, ...usual },
  { B: 2, C: 5, H: 18, W: 17, number: 1, radius: 4, vertical: 0, ...usual, sigma0: 3, sigma1: 9 },
  { B: 12, C: 1, H: 6, W: 5, number: 2, radius: 2, vertical: 1, ...usual, blur: 0.5 },
  { B: 2, C: 2, H: 3, W: 2, number: 0, radius: 1, vertical: 0, ...usual, blur: 0 },
  { B: 2, C: 1, H: 2, W: 33, number: 0, radius: 32, vertical: 0, ...usual, sigma0: 0.01, sigma1: 0.01 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: blurredView,
  cases: sizes.map((size, i) => ({
    params: { ...size, ...LEVELS },
    grid: [Math.ceil((size.H * size.W) / 256), size.B * size.C],
    step: { seed: 21 + i, step: 9 * i, epoch: 0, rate: 0 },
  })),
  inputs: ({ B }) => ({ index: Uint32Array.from({ length: B }, (_, b) => 3 * b + 1) }),
  ref: (inputs, params, step) => {
    const { B, C, H, W, radius, vertical } = params;
    const [x, index] = [Array.from(given(inputs, "x")), given(inputs, "index")];
    const y = new Float64Array(B * C * H * W);
    for (let row = 0; row < B * C; row++) {
      const sigma = drawSigma(step, index[Math.floor(row / C)]!, params);
      const plane = blurredPlane(x.slice(row * H * W, (row + 1) * H * W), [H, W], vertical === 1, radius, sigma);
      y.set(
        plane.map((v) => levelled(params, row % C, v)),
        row * H * W,
      );
    }
    return { y };
  },
});

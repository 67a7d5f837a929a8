import { melBands } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

const affine = { floor: 1e-6, shift: 8, scale: 0.25 };

export const kernelCase = kernelCaseOf({
  kernel: melBands,
  cases: [
    { B: 1, M: 1, F: 1, T: 1 },
    { B: 2, M: 5, F: 9, T: 7 },
    { B: 3, M: 13, F: 33, T: 5 },
  ].map((size) => ({ params: { ...size, ...affine }, grid: perLane(size.B * size.M * size.T) })),
  // Bands that overlap, one of no bins; weights outside a band's range must not count.
  inputs: ({ M, F }, random) => ({
    mel: fill(M * F, () => random()),
    range: fill(2 * M, (i) => {
      const first = Math.floor((Math.floor(i / 2) * F) / M);
      return i % 2 === 0 ? first : Math.min(F, first + (Math.floor(i / 2) % 4));
    }),
  }),
  ref: (inputs, { B, M, F, T, floor, shift, scale }) => {
    const [spectrum, mel, range] = [given(inputs, "spectrum"), given(inputs, "mel"), given(inputs, "range")];
    const y = fill(B * M * T, (i) => {
      const [b, m, t] = [Math.floor(i / M / T), Math.floor(i / T) % M, i % T];
      let power = floor;
      for (let f = range[2 * m]!; f < range[2 * m + 1]!; f++) {
        const [re, im] = [spectrum[(b * 2 * F + f) * T + t]!, spectrum[(b * 2 * F + F + f) * T + t]!];
        power += mel[m * F + f]! * (re ** 2 + im ** 2);
      }
      return (Math.log(power) + shift) * scale;
    });
    return { y };
  },
});

import { gru } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { gruTruth } from "../recurrent_truth.ts";

/** Ragged sequences (four a workgroup), units (two a lane) and terms (four a turn). */
export const recurrentSizes = [
  { B: 2, T: 3, H: 5 },
  { B: 1, T: 1, H: 1 },
  { B: 4, T: 2, H: 16 },
  { B: 5, T: 4, H: 11 },
  { B: 9, T: 2, H: 37 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: gru,
  cases: recurrentSizes.flatMap((size, i) => {
    const STATE = i % 2;
    return [0, 1].map((KEEP) => {
      const E = KEEP * size.B * size.T;
      const params = { ...size, L: STATE ? size.B * size.H : 3 * size.H, K: KEEP ? E : 3 * size.H, E };
      return { params, overrides: { WG: 8, STATE, KEEP }, grid: [Math.ceil(size.B / 4)] };
    });
  }),
  inputs: ({ B, T, H, K }, random) => ({
    gates: Array.from({ length: B * T * 3 * H }, () => 4 * random() - 2),
    keep: Array.from({ length: K }, () => (random() < 0.4 ? 0 : 1)),
  }),
  ref: (inputs, params, _, { STATE, KEEP }) => gruTruth(inputs, params, STATE === 1, KEEP === 1),
});

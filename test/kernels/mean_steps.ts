import { meanSteps } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const meanSizes = [
  { B: 1, C: 1, T: 1 },
  { B: 5, C: 3, T: 7 },
  { B: 13, C: 5, T: 4 },
] as const;
/** Lengths from 0, nothing there, to all. */
export const lengths = (B: number, T: number) => fill(B, (b) => (B === 1 ? T : b % (T + 1)));

export const kernelCase = kernelCaseOf({
  kernel: meanSteps,
  cases: meanSizes.map((params) => ({ params, grid: perLane(params.B * params.C) })),
  inputs: ({ B, T }) => ({ length: lengths(B, T) }),
  ref: (inputs, { B, C, T }) => {
    const [x, length] = [given(inputs, "x"), given(inputs, "length")];
    const n = (i: number) => length[Math.floor(i / C)]!;
    return { y: fill(B * C, (i) => (n(i) > 0 ? sum(n(i), (t) => x[i * T + t]!) / n(i) : 0)) };
  },
});

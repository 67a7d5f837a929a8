import { meanStepsDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perFour } from "../kernel_simple.ts";
import { lengths, meanSizes } from "./mean_steps.ts";

export const kernelCase = kernelCaseOf({
  kernel: meanStepsDx,
  cases: meanSizes.map((params) => ({ params, grid: perFour(params.B * params.C * params.T) })),
  inputs: ({ B, T }) => ({ length: lengths(B, T) }),
  ref: (inputs, { B, C, T }) => {
    const [dy, length] = [given(inputs, "dy"), given(inputs, "length")];
    const row = (i: number) => Math.floor(i / T);
    const n = (i: number) => length[Math.floor(row(i) / C)]!;
    return { dx: fill(B * C * T, (i) => (i % T < n(i) ? dy[row(i)]! / n(i) : 0)) };
  },
});

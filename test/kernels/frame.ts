import { frame } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const frameSizes = [
  { B: 1, T: 1, H: 1, t: 0 },
  { B: 3, T: 5, H: 21, t: 4 },
  { B: 13, T: 4, H: 5, t: 1 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: frame,
  cases: frameSizes.map((params) => ({ params, grid: perLane(params.B * params.H) })),
  ref: (inputs, { B, T, H, t }) => ({ y: fill(B * H, (i) => given(inputs, "x")[(Math.floor(i / H) * T + t) * H + (i % H)]!) }),
});

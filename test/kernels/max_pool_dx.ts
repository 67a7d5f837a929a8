import { maxPoolDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { maxima, poolSizes } from "../pool_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: maxPoolDx,
  cases: poolSizes.map((p) => ({ params: { ...p }, grid: perLane(p.N * p.H * p.W) })),
  inputs: (p, random) => ({
    at: maxima(
      fill(p.N * p.H * p.W, () => random()),
      p,
    ),
  }),
  ref: (inputs, p) => {
    const dx = new Float64Array(p.N * p.H * p.W);
    Array.from(given(inputs, "at")).forEach((at, i) => {
      dx[Math.floor(i / (p.OH * p.OW)) * p.H * p.W + at]! += given(inputs, "g")[i]!;
    });
    return { dx };
  },
});

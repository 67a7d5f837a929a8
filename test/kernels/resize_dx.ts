import { resizeDx } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { resizeSizes, visitTaps } from "../resize_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: resizeDx,
  cases: resizeSizes.map((params) => ({ params, grid: perLane(params.N * params.H * params.W) })),
  ref: (inputs, p) => {
    const dx = new Float64Array(p.N * p.H * p.W);
    visitTaps(p, (to, from, weight) => {
      dx[from]! += weight * given(inputs, "g")[to]!;
    });
    return { dx };
  },
});

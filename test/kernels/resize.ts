import { resize } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { resizeSizes, visitTaps } from "../resize_cases.ts";

export const kernelCase = kernelCaseOf({
  kernel: resize,
  cases: resizeSizes.map((params) => ({ params, grid: perLane(params.N * params.OH * params.OW) })),
  ref: (inputs, p) => {
    const y = new Float64Array(p.N * p.OH * p.OW);
    visitTaps(p, (to, from, weight) => {
      y[to]! += weight * given(inputs, "x")[from]!;
    });
    return { y };
  },
});

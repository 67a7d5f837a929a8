import { batchNormPartial } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";
import { perChunk, planeSizes, total } from "../planes.ts";

export const kernelCase = kernelCaseOf({
  kernel: batchNormPartial,
  cases: planeSizes.map((p) => ({ params: { ...p }, grid: perLane(Math.ceil(p.B / p.rows) * p.C) })),
  // A mean of 1,000 and deviations of about 1: sums of squares would cancel.
  inputs: ({ B, C, P }, random) => ({ x: fill(B * C * P, () => 1000 + 2 * random()) }),
  ref: (inputs, p) => {
    const x = given(inputs, "x");
    const mean = (at: number[]) => total(at, (i) => x[i]!) / at.length;
    return {
      mean: perChunk(p, mean),
      m2: perChunk(p, (at) => total(at, (i) => (x[i]! - mean(at)) ** 2)),
    };
  },
});

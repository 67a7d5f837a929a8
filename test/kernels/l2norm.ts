import { l2norm } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: l2norm,
  cases: [
    { B: 1, D: 1 },
    { B: 63, D: 3 },
    { B: 65, D: 64 },
    { B: 2, D: 131 },
  ].map((params) => ({ params, grid: perLane(params.B) })),
  ref: (inputs, { B, D }) => {
    const x = given(inputs, "x");
    const inverse = fill(B, (b) => 1 / Math.sqrt(sum(D, (d) => x[b * D + d]! ** 2)));
    return { inverse, y: fill(B * D, (i) => x[i]! * inverse[Math.floor(i / D)]!) };
  },
});

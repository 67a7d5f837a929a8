import { l2normDx } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { perLane } from "../kernel_simple.ts";

export const kernelCase = kernelCaseOf({
  kernel: l2normDx,
  cases: [
    { B: 1, D: 1 },
    { B: 63, D: 3 },
    { B: 65, D: 64 },
    { B: 2, D: 131 },
  ].map((params) => ({ params, grid: perLane(params.B) })),
  ref: (inputs, { B, D }) => {
    const [y, g, inverse] = [given(inputs, "y"), given(inputs, "g"), given(inputs, "inverse")];
    const along = fill(B, (b) => sum(D, (d) => y[b * D + d]! * g[b * D + d]!));
    return { dx: fill(B * D, (i) => inverse[Math.floor(i / D)]! * (g[i]! - along[Math.floor(i / D)]! * y[i]!)) };
  },
});

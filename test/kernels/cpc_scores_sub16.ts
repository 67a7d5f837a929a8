import { cpcScoresSub16 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { cpcScoresRef, rowSizes } from "./cpc_scores.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcScoresSub16,
  lanes: 4,
  cases: rowSizes.map(({ size }) => ({
    params: size,
    grid: [Math.ceil(size.N / 128), Math.ceil(size.M / 16), size.K * size.G],
  })),
  ref: (inputs, p) => cpcScoresRef(inputs, p),
});

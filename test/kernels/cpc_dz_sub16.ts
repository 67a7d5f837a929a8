import { cpcDzSub16 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { cpcDzInputs, cpcDzRef } from "./cpc_dz.ts";
import { rowSizes } from "./cpc_scores.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcDzSub16,
  lanes: 4,
  cases: rowSizes.map(({ S, size }, i) => ({
    params: { ...size, S, more: i % 2 },
    grid: [Math.ceil(size.D / 128), Math.ceil(size.N / 16), size.G],
  })),
  inputs: cpcDzInputs,
  ref: (inputs, p) => cpcDzRef(inputs, p),
});

import { cpcDzSub4 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { cpcDzInputs, cpcDzRef } from "./cpc_dz.ts";
import { rowSizes } from "./cpc_scores.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcDzSub4,
  lanes: 8,
  cases: rowSizes.map(({ S, size }, i) => ({
    params: { ...size, S, more: i % 2 },
    grid: [Math.ceil(size.D / 32), Math.ceil(size.N / 16), size.G],
  })),
  inputs: cpcDzInputs,
  ref: (inputs, p) => cpcDzRef(inputs, p),
});

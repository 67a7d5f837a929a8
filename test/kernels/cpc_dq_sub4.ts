import { cpcDqSub4 } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { cpcDqInputs, cpcDqRef } from "./cpc_dq.ts";
import { rowSizes } from "./cpc_scores.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcDqSub4,
  lanes: 8,
  cases: rowSizes.map(({ S, size }) => {
    const SHARED = size.Q === 1 ? 1 : 0;
    const whole = size.K === S && size.G * size.M >= size.R; // every row and step written, so that nothing stays poisoned
    const grid = [Math.ceil(size.D / 32), Math.ceil(size.M / 16), (SHARED ? 1 : size.K) * size.G];
    return { params: { ...size, S, more: whole ? 0 : 1 }, overrides: { SHARED }, grid };
  }),
  inputs: cpcDqInputs,
  ref: (inputs, p, _, { SHARED = 0 }) => cpcDqRef(inputs, p, SHARED),
});

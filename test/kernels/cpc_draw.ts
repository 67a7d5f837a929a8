import { cpcDraw } from "../../src/gpu/kernels.gen.ts";
import { drawnRows, NO_FRAME, usersOf } from "../cpc_truth.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { groupsOf } from "./cpc_count.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcDraw,
  cases: [
    { B: 1, T: 2, n: 1, SCOPE: 0 },
    { B: 3, T: 7, n: 5, SCOPE: 0 },
    { B: 3, T: 11, n: 4, SCOPE: 1 },
    { B: 2, T: 5, n: 3, SCOPE: 2 },
    { B: 5, T: 6, n: 4, SCOPE: 2 },
    { B: 6, T: 5, n: 6, SCOPE: 3 },
    { B: 6, T: 5, n: 6, SCOPE: 4 },
  ].map(({ SCOPE, ...size }) => ({
    params: { ...size, R: size.B * size.T, L: SCOPE > 2 ? size.B : 1 },
    overrides: { SCOPE },
    step: { seed: 9, step: 5, epoch: 0, rate: 0 },
    grid: [Math.ceil((size.B * size.T * size.n) / 64)],
  })),
  inputs: ({ B, L }) => ({ groups: L > 1 ? groupsOf(B) : [0] }),
  ref: (inputs, { B, T, n }, { seed, step }, { SCOPE }) => {
    const drawn = drawnRows({ B, T, n, scope: SCOPE!, groups: given(inputs, "groups"), seed, step });
    return { drawn, users: usersOf(drawn, n).map((user) => (user < 0 ? NO_FRAME : user)) };
  },
});

import { bankSampled } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { bankParams, CHOSEN, ofBank, step } from "../sampled_cases.ts";

/** Ragged columns (16 a lane), candidates (4 at a time) and parts. */
const sizes = [
  { B: 1, K: 1, D: 4, N: 2, P: 1, per: 4, overrides: { LANES: 1, TEAMS: 1, NCE: 0, DRAW: 1, KEEP: 0 } },
  { B: 3, K: 5, D: 20, N: 7, P: 4, per: 4, overrides: { LANES: 2, TEAMS: 2, NCE: 0, DRAW: 1, KEEP: 1 } },
  { B: 2, K: 37, D: 64, N: 50, P: 4, per: 12, overrides: { LANES: 4, TEAMS: 2, NCE: 0, ...CHOSEN } },
  { B: 2, K: 37, D: 72, N: 50, P: 4, per: 12, overrides: { LANES: 5, TEAMS: 4, NCE: 1, DRAW: 1, KEEP: 0 } },
  { B: 3, K: 8, D: 128, N: 31, P: 2, per: 4, overrides: { LANES: 8, TEAMS: 1, NCE: 1, ...CHOSEN } },
  { B: 1, K: 9, D: 16, N: 12, P: 3, per: 4, overrides: { LANES: 1, TEAMS: 3, NCE: 1, DRAW: 1, KEEP: 1 } },
];

export const kernelCase = kernelCaseOf({
  kernel: bankSampled,
  cases: sizes.map(({ overrides, ...size }) => {
    return { params: bankParams(size, overrides), overrides, step, grid: [size.P / overrides.TEAMS, size.B] };
  }),
  ...ofBank,
});

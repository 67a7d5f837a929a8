import { edgeSampled } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { CHOSEN, edgeParams, ofViews, step } from "../sampled_cases.ts";

const sizes = [
  { V: 2, B: 1, K: 1, D: 4, N: 2, E: 2, P: 1, per: 4, missing: 0, overrides: { LANES: 1, TEAMS: 1, NCE: 0, DRAW: 1, KEEP: 0 } },
  { V: 3, B: 3, K: 13, D: 20, N: 7, E: 4, P: 4, per: 4, missing: 1, overrides: { LANES: 2, TEAMS: 2, NCE: 0, DRAW: 1, KEEP: 1 } },
  { V: 2, B: 2, K: 37, D: 72, N: 50, E: 2, P: 4, per: 12, missing: 1, overrides: { LANES: 5, TEAMS: 4, NCE: 1, DRAW: 1, KEEP: 0 } },
  { V: 3, B: 3, K: 8, D: 128, N: 31, E: 6, P: 2, per: 4, missing: 1, overrides: { LANES: 8, TEAMS: 1, NCE: 1, ...CHOSEN } },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeSampled,
  cases: sizes.map(({ overrides, missing, ...size }) => {
    const params = edgeParams(size, overrides, missing);
    return { params, overrides: { ...overrides, MISSING: missing }, step, grid: [size.P / overrides.TEAMS, size.B, size.E] };
  }),
  ...ofViews,
});

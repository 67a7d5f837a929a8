import { edgeSampledSub } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { CHOSEN, edgeParams, ofViews, step } from "../sampled_cases.ts";

const sizes = [
  { V: 2, B: 1, K: 1, D: 4, N: 2, E: 2, P: 1, per: 4, missing: 0, overrides: { FOURS: 1, NCE: 0, DRAW: 1, KEEP: 0 } },
  { V: 3, B: 3, K: 13, D: 20, N: 7, E: 4, P: 4, per: 4, missing: 1, overrides: { FOURS: 2, NCE: 0, DRAW: 1, KEEP: 1 } },
  { V: 2, B: 2, K: 37, D: 72, N: 50, E: 2, P: 5, per: 8, missing: 1, overrides: { FOURS: 5, NCE: 1, DRAW: 1, KEEP: 0 } },
  { V: 3, B: 3, K: 8, D: 128, N: 31, E: 6, P: 2, per: 4, missing: 1, overrides: { FOURS: 8, NCE: 1, ...CHOSEN } },
  { V: 2, B: 2, K: 9, D: 52, N: 11, E: 2, P: 3, per: 4, missing: 1, overrides: { FOURS: 2, PIECES: 2, RUNS: 0, NCE: 0, ...CHOSEN } },
];

export const kernelCase = kernelCaseOf<typeof edgeSampledSub>({
  kernel: edgeSampledSub,
  lanes: 4,
  cases: sizes.map(({ overrides, missing, ...size }) => {
    const params = edgeParams(size, overrides, missing);
    return { params, overrides: { WG: 8, ...overrides, MISSING: missing }, step, grid: [size.P, size.B, size.E] };
  }),
  ...ofViews,
});

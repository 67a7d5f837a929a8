import { bankSampledSub } from "../../src/gpu/kernels.gen.ts";
import { kernelCaseOf } from "../kernel_case.ts";
import { bankParams, CHOSEN, ofBank, step } from "../sampled_cases.ts";

/** Ragged columns, pieces of rows, candidates (4 at a time) and parts; two subgroups of four lanes a workgroup, or one of eight. */
const sizes = [
  { B: 1, K: 1, D: 4, N: 2, P: 1, per: 4, overrides: { FOURS: 1, NCE: 0, DRAW: 1, KEEP: 0 } },
  { B: 3, K: 5, D: 20, N: 7, P: 3, per: 4, overrides: { FOURS: 2, RUNS: 0, NCE: 0, DRAW: 1, KEEP: 1 } },
  { B: 2, K: 37, D: 64, N: 50, P: 4, per: 12, overrides: { FOURS: 4, NCE: 0, ...CHOSEN } },
  { B: 2, K: 37, D: 72, N: 50, P: 5, per: 8, overrides: { FOURS: 5, NCE: 1, DRAW: 1, KEEP: 0 } },
  { B: 3, K: 8, D: 128, N: 31, P: 2, per: 4, overrides: { FOURS: 8, NCE: 1, ...CHOSEN } },
  { B: 2, K: 9, D: 96, N: 12, P: 3, per: 4, overrides: { FOURS: 6, RUNS: 0, NCE: 1, DRAW: 1, KEEP: 1 } },
  { B: 2, K: 9, D: 148, N: 12, P: 3, per: 4, overrides: { FOURS: 5, PIECES: 2, NCE: 0, ...CHOSEN } },
  { B: 1, K: 7, D: 36, N: 9, P: 2, per: 4, overrides: { FOURS: 1, PIECES: 3, RUNS: 0, NCE: 1, DRAW: 1, KEEP: 0 } },
  { B: 2, K: 6, D: 100, N: 9, P: 2, per: 4, overrides: { FOURS: 2, PIECES: 4, NCE: 1, ...CHOSEN } },
];

export const kernelCase = kernelCaseOf<typeof bankSampledSub>({
  kernel: bankSampledSub,
  lanes: 4,
  cases: sizes.map(({ overrides, ...size }) => {
    return { params: bankParams(size, overrides), overrides: { WG: 8, ...overrides }, step, grid: [size.P, size.B] };
  }),
  ...ofBank,
});

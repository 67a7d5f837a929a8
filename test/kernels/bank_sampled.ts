import { drawNegatives } from "../../src/bank/draw.ts";
import { bankSampled } from "../../src/gpu/kernels.gen.ts";
import { anyRows, layOut, ncePart, positives, softmaxPart } from "../contrast_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

const step = { seed: 5, step: 3, epoch: 0, rate: 0 };
/** Ragged columns (16 a lane), candidates (4 at a time) and parts; drawn (L is B) or given (L is B*K) row numbers. */
const given4 = { DRAW: 0, KEEP: 0 };
const sizes = [
  { B: 1, K: 1, D: 4, N: 2, P: 1, per: 4, overrides: { LANES: 1, TEAMS: 1, NCE: 0, DRAW: 1, KEEP: 0 } },
  { B: 3, K: 5, D: 20, N: 7, P: 4, per: 4, overrides: { LANES: 2, TEAMS: 2, NCE: 0, DRAW: 1, KEEP: 1 } },
  { B: 2, K: 37, D: 64, N: 50, P: 4, per: 12, overrides: { LANES: 4, TEAMS: 2, NCE: 0, ...given4 } },
  { B: 2, K: 37, D: 72, N: 50, P: 4, per: 12, overrides: { LANES: 5, TEAMS: 4, NCE: 1, DRAW: 1, KEEP: 0 } },
  { B: 3, K: 8, D: 128, N: 31, P: 2, per: 4, overrides: { LANES: 8, TEAMS: 1, NCE: 1, ...given4 } },
  { B: 1, K: 9, D: 16, N: 12, P: 3, per: 4, overrides: { LANES: 1, TEAMS: 3, NCE: 1, DRAW: 1, KEEP: 1 } },
];

export const kernelCase = kernelCaseOf({
  kernel: bankSampled,
  cases: sizes.map(({ overrides, ...size }) => {
    const params = { ...size, anchor0: 7 * (size.B % 3), L: overrides.DRAW ? size.B : size.B * size.K, inv_tau: 1.5, log_noise: -0.7 };
    return { params, overrides, step, grid: [size.P / overrides.TEAMS, size.B] };
  }),
  // Rows of the positives when L is B: no case gives one negative to each anchor.
  inputs: ({ B, N, L }, random) => ({ rows: L === B ? positives(B, N) : anyRows(L, N, random), log_z: [1.25, 1] }),
  ref: (inputs, { B, K, D, N, P, per, anchor0, inv_tau, log_noise }, { seed, step }, { NCE, DRAW, KEEP }) => {
    const draw = { seed, step, rows: N, count: K, keepPositive: KEEP === 1, first: anchor0 };
    const rows = DRAW ? drawNegatives(given(inputs, "rows"), draw) : given(inputs, "rows");
    const shift = given(inputs, "log_z")[0]! + log_noise;
    return layOut(B, P, D, (b, part) => {
      const mine = Array.from(rows).slice(b * K + part * per, b * K + Math.max(part * per, Math.min(K, (part + 1) * per)));
      return NCE ? ncePart(inputs, b, mine, D, inv_tau, shift) : softmaxPart(inputs, b, mine, D, inv_tau);
    });
  },
});

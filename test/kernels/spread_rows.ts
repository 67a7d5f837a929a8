import { spreadRows } from "../../src/gpu/kernels.gen.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";
import { spreadTruth } from "../spread_truth.ts";

const sizes = [
  { M: 4, D: 4, w: 1, SELF: 0 },
  { M: 6, D: 12, w: 1, SELF: 1 },
  { M: 32, D: 8, w: 2.5, SELF: 0 },
  { M: 34, D: 36, w: 1, SELF: 0 }, // two more candidates than lanes
  { M: 130, D: 20, w: 1.5, SELF: 1 }, // more than four each
];

export const kernelCase = kernelCaseOf({
  kernel: spreadRows,
  cases: sizes.map(({ SELF, ...params }) => ({ params: { ...params, inv_tau: 2 }, grid: [params.M], overrides: { SELF } })),
  ref: (inputs, { M, D, w, inv_tau }, _step, { SELF }) => {
    const truth = spreadTruth(given(inputs, "x"), { M, D, temperature: 1 / inv_tau, weight: w, self: SELF === 1 });
    const terms = new Float64Array(4 * M);
    for (let i = 0; i < M; i++) terms.set([truth.attract[i]!, truth.spread[i]!], 4 * i);
    return { g: truth.g, terms };
  },
});

import { edgeTerms } from "../../src/gpu/kernels.gen.ts";
import { dot, logSum, MASKED, positives, sigmoid, softplus } from "../contrast_cases.ts";
import { graphOf, NOWHERE, ofView, rowsOf, someEdges, words } from "../edge_cases.ts";
import { given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  { V: 2, B: 1, D: 4, E: 1, P: 1, missing: 0, NCE: 0 },
  { V: 3, B: 5, D: 132, E: 4, P: 33, missing: 1, NCE: 0 }, // more columns, and more parts, than lanes
  { V: 2, B: 6, D: 68, E: 2, P: 35, missing: 1, NCE: 1 },
];
const N = 9; // rows of a bank

export const kernelCase = kernelCaseOf({
  kernel: edgeTerms,
  cases: sizes.map(({ NCE, missing, ...size }) => ({
    params: { ...size, G: words(size.V, N, size.E, missing === 1), inv_tau: 2, log_noise: -0.5, floor: 0.125 },
    grid: [size.B, size.E],
    overrides: { NCE, MISSING: missing },
  })),
  // Every third part but the first is empty: a masked maximum and nothing to sum.
  inputs: (params, random) => ({
    rows: rowsOf({ ...params, N }, positives(params.B, N)),
    graph: graphOf({ ...params, N }),
    log_z: Array.from({ length: params.E }, (_, e) => [0.5 - e, 1]).flat(),
    stats: Array.from({ length: params.E * params.B * params.P }, (_, i) => {
      const empty = i % params.P > 0 && (i % params.P) % 3 === 0;
      return empty ? [MASKED, 0, 0, 7] : [6 * random() - 3, 1 + random(), random(), 7];
    }).flat(),
  }),
  ref: (inputs, { V, B, D, E, P, inv_tau, log_noise, floor }, _step, { NCE }) => {
    const [rows, own, stats] = [given(inputs, "rows"), given(inputs, "own"), Float64Array.from(given(inputs, "stats"))];
    const terms = new Float64Array(4 * E * B);
    for (let i = 0; i < E * B; i++) {
      const [e, b] = [Math.floor(i / B), i % B];
      const { anchor, bank } = someEdges(V, E)[e]!;
      const there = rows[anchor * B + b] !== NOWHERE && rows[bank * B + b] !== NOWHERE;
      const parts = Array.from({ length: P }, (_, p) => Array.from(stats.subarray(4 * (i * P + p), 4 * (i * P + p) + 3)));
      const others = logSum(parts.filter(([, total]) => total! > 0).map(([m, total]) => m! + Math.log(total!)));
      const s0 = there ? inv_tau * dot({ ...ofView(inputs, anchor, B, D), bank: own }, b, bank * B + b, D) : 0;
      const a0 = s0 - given(inputs, "log_z")[2 * e]! - log_noise;
      const pull = NCE ? sigmoid(-a0) : sigmoid(others - s0);
      const contrast = NCE ? softplus(-a0) + floor + sum(P, (p) => parts[p]![2]!) : softplus(others - s0);
      // MASKED would make the tolerance, relative to the largest number, infinite: anything will do there.
      terms.set(there ? [contrast, pull, logSum([others, s0]), 1] : [0, 0, Number.NaN, 0], 4 * i);
      for (let p = 0; p < P; p++) {
        const [m, total] = parts[p]!;
        if (total === 0) stats[4 * (i * P + p)] = Number.NaN;
        stats[4 * (i * P + p) + 3] = !there ? Number.NaN : NCE ? 1 : pull * Math.exp(m! - others);
      }
    }
    return { terms, stats };
  },
});

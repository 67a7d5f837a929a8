import { drawNegatives } from "../../src/bank/draw.ts";
import { edgeSampled } from "../../src/gpu/kernels.gen.ts";
import { anyRows, layOut, ncePart, positives, softmaxPart } from "../contrast_cases.ts";
import { existsIn, graphOf, ofView, someEdges, words } from "../edge_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

const step = { seed: 5, step: 3, epoch: 0, rate: 0 };
const given4 = { DRAW: 0, KEEP: 0 };
const sizes = [
  { V: 2, B: 1, K: 1, D: 4, N: 2, E: 2, P: 1, per: 4, missing: 0, overrides: { LANES: 1, TEAMS: 1, NCE: 0, DRAW: 1, KEEP: 0 } },
  { V: 3, B: 3, K: 13, D: 20, N: 7, E: 4, P: 4, per: 4, missing: 1, overrides: { LANES: 2, TEAMS: 2, NCE: 0, DRAW: 1, KEEP: 1 } },
  { V: 2, B: 2, K: 37, D: 72, N: 50, E: 2, P: 4, per: 12, missing: 1, overrides: { LANES: 5, TEAMS: 4, NCE: 1, DRAW: 1, KEEP: 0 } },
  { V: 3, B: 3, K: 8, D: 128, N: 31, E: 6, P: 2, per: 4, missing: 1, overrides: { LANES: 8, TEAMS: 1, NCE: 1, ...given4 } },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeSampled,
  cases: sizes.map(({ overrides, missing, ...size }) => {
    const G = words(size.V, size.N, size.E, missing === 1);
    const params = { ...size, G, L: overrides.DRAW ? size.B : size.B * size.K, inv_tau: 1.5, log_noise: -0.7 };
    return { params, overrides: { ...overrides, MISSING: missing }, step, grid: [size.P / overrides.TEAMS, size.B, size.E] };
  }),
  inputs: (params, random) => ({
    rows: params.L === params.B ? positives(params.B, params.N) : anyRows(params.L, params.N, random),
    log_z: Array.from({ length: params.E }, (_, e) => [1.25 + e, 1]).flat(),
    graph: graphOf(params),
  }),
  ref: (inputs, params, { seed, step }, { NCE, DRAW, KEEP }) => {
    const { V, B, K, D, N, E, P, per, inv_tau, log_noise } = params;
    const draw = { seed, step, rows: N, count: K, keepPositive: KEEP === 1 };
    const rows = DRAW ? drawNegatives(given(inputs, "rows"), draw) : given(inputs, "rows");
    return layOut(E * B, P, D, (row, part) => {
      const [e, b] = [Math.floor(row / B), row % B];
      const { anchor, bank } = someEdges(V, E)[e]!;
      const view = ofView(inputs, anchor, B, D);
      const own = Array.from(rows).slice(b * K + part * per, b * K + Math.max(part * per, Math.min(K, (part + 1) * per)));
      const mine = own.map((i) => bank * N + i).filter((i) => existsIn(params, i));
      const shift = given(inputs, "log_z")[2 * e]! + log_noise;
      return NCE ? ncePart(view, b, mine, D, inv_tau, shift) : softmaxPart(view, b, mine, D, inv_tau);
    });
  },
});

import { edgeGradient } from "../../src/gpu/kernels.gen.ts";
import { positives } from "../contrast_cases.ts";
import { graphOf, NOWHERE, rowsOf, someEdges, words } from "../edge_cases.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  { V: 2, B: 1, D: 4, E: 1, P: 1, missing: 0 }, // one view has no edge
  { V: 3, B: 5, D: 132, E: 6, P: 3, missing: 1 }, // more columns than lanes
  { V: 4, B: 3, D: 12, E: 7, P: 5, missing: 1 },
];
const N = 9; // rows of a bank

export const kernelCase = kernelCaseOf({
  kernel: edgeGradient,
  cases: sizes.map(({ missing, ...size }) => ({
    params: { ...size, G: words(size.V, N, size.E, missing === 1), inv_tau: 2 },
    grid: [size.B, size.V],
    overrides: { MISSING: missing },
  })),
  inputs: (params, random) => {
    const { V, B, E } = params;
    const rows = rowsOf({ ...params, N }, positives(B, N));
    const terms = Array.from({ length: E * B }, (_, i) => {
      const { anchor, bank } = someEdges(V, E)[Math.floor(i / B)]!;
      const there = [anchor, bank].every((v) => rows[v * B + (i % B)] !== NOWHERE);
      return there ? [random(), random(), random(), 1] : [0, 0, 0, 0];
    });
    return { graph: graphOf({ ...params, N }), terms: terms.flat() };
  },
  ref: (inputs, { V, B, D, E, P, inv_tau }) => {
    const [own, stats, partial, terms, means] = ["own", "stats", "partial", "terms", "means"].map((name) => given(inputs, name));
    const gradient = fill(V * B * D, (i) => {
      const [v, b, d] = [Math.floor(i / (B * D)), Math.floor(i / D) % B, i % D];
      return sum(E, (e) => {
        const [edge, at] = [someEdges(V, E)[e]!, e * B + b];
        if (edge.anchor !== v || terms![4 * at + 3] === 0) return 0;
        const push = sum(P, (p) => stats![4 * (at * P + p) + 3]! * partial![(at * P + p) * D + d]!);
        return means![2 * e + 1]! * inv_tau * (push - terms![4 * at + 1]! * own![(edge.bank * B + b) * D + d]!);
      });
    });
    return { gradient };
  },
});

import { edgeFull } from "../../src/gpu/kernels.gen.ts";
import { fullTiles } from "../../src/ops/contrast_full.ts";
import { dot, layOut, MASKED, positives, softmaxPart } from "../contrast_cases.ts";
import { existsIn, graphOf, ofView, someEdges, words } from "../edge_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

const sizes = [
  { V: 2, B: 1, N: 2, D: 4, E: 1, splits: 1, tiles: 1, missing: false },
  { V: 2, B: 9, N: 65, D: 20, E: 2, splits: 2, tiles: 1, missing: true },
  { V: 3, B: 7, N: 63, D: 12, E: 5, splits: 1, tiles: 1, missing: true },
  { V: 3, B: 33, N: 131, D: 64, E: 3, splits: 2, tiles: 2, missing: false },
];

export const kernelCase = kernelCaseOf({
  kernel: edgeFull,
  cases: sizes.map(({ V, B, N, D, E, splits, tiles, missing }) => {
    const { WG, BA, BR, slices } = fullTiles(D);
    const params = { V, B, N, D, E, G: words(V, N, E, missing), P: splits * slices, slices, per: tiles * BR, inv_tau: 1.5 };
    return { params, grid: [splits, Math.ceil(B / BA), E], overrides: { WG, BA, BR, MISSING: Number(missing) } };
  }),
  inputs: (params) => ({ index: positives(params.B, params.N), graph: graphOf(params) }),
  ref: (inputs, params, _step, { BR = 0 }) => {
    const { V, B, N, D, E, P, slices, per, inv_tau } = params;
    return layOut(E * B, P, D, (row, part) => {
      const [e, b] = [Math.floor(row / B), row % B];
      const { anchor, bank } = someEdges(V, E)[e]!;
      const view = ofView(inputs, anchor, B, D);
      const first = Math.floor(part / slices) * per;
      const slice = part % slices;
      const split = Array.from({ length: Math.max(0, Math.min(per, N - first)) }, (_, i) => first + i);
      const rows = split.filter((i) => i !== given(inputs, "index")[b] && existsIn(params, bank * N + i)).map((i) => bank * N + i);
      const m = Math.max(MASKED, ...rows.map((i) => inv_tau * dot(view, b, i, D)));
      const mine = rows.filter((i) => Math.floor((((i % N) - first) % BR) / 4) % slices === slice);
      const total = slice === 0 ? softmaxPart(view, b, rows, D, inv_tau, m).total : 0; // of the whole split, on its first slice
      return { ...softmaxPart(view, b, mine, D, inv_tau, m), total };
    });
  },
});

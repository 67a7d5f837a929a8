import { bankFull } from "../../src/gpu/kernels.gen.ts";
import { fullTiles } from "../../src/ops/contrast_full.ts";
import { dot, layOut, MASKED, positives, softmaxPart } from "../contrast_cases.ts";
import { given, kernelCaseOf } from "../kernel_case.ts";

// Tiles as the op picks them for D, and rows and anchors around their edges; several tiles and several splits.
const sizes = [
  { B: 1, N: 2, D: 4, splits: 1, tiles: 1 },
  { B: 7, N: 63, D: 12, splits: 1, tiles: 1 },
  { B: 9, N: 65, D: 20, splits: 2, tiles: 1 },
  { B: 33, N: 131, D: 64, splits: 2, tiles: 2 },
  { B: 17, N: 40, D: 100, splits: 1, tiles: 1 },
  { B: 17, N: 150, D: 128, splits: 2, tiles: 1 },
  { B: 9, N: 70, D: 260, splits: 1, tiles: 1 },
];

export const kernelCase = kernelCaseOf({
  kernel: bankFull,
  cases: sizes.map(({ B, N, D, splits, tiles }) => {
    const { WG, BA, BR, slices } = fullTiles(D);
    const params = { B, N, D, P: splits * slices, slices, per: tiles * BR, inv_tau: 1.5 };
    return { params, grid: [splits, Math.ceil(B / BA)], overrides: { WG, BA, BR } };
  }),
  inputs: ({ B, N }) => ({ index: positives(B, N) }),
  ref: (inputs, { B, N, D, P, slices, per, inv_tau }, _step, { BR = 0 }) =>
    layOut(B, P, D, (b, part) => {
      const first = Math.floor(part / slices) * per;
      const slice = part % slices;
      const own = given(inputs, "index")[b];
      const split = Array.from({ length: Math.max(0, Math.min(per, N - first)) }, (_, i) => first + i).filter((row) => row !== own);
      const m = Math.max(MASKED, ...split.map((row) => inv_tau * dot(inputs, b, row, D)));
      const mine = split.filter((row) => Math.floor(((row - first) % BR) / 4) % slices === slice);
      // The sum of the whole split is booked on its first slice.
      const total = slice === 0 ? softmaxPart(inputs, b, split, D, inv_tau, m).total : 0;
      return { ...softmaxPart(inputs, b, mine, D, inv_tau, m), total };
    }),
});

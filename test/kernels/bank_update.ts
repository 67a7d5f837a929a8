import { bankUpdate } from "../../src/gpu/kernels.gen.ts";
import { positives } from "../contrast_cases.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

export const kernelCase = kernelCaseOf({
  kernel: bankUpdate,
  cases: [
    { params: { B: 1, N: 1, D: 4, momentum: 0 }, grid: [1] },
    { params: { B: 3, N: 7, D: 12, momentum: 0.5 }, grid: [3] },
    { params: { B: 6, N: 6, D: 132, momentum: 0.9 }, grid: [6] },
    { params: { B: 5, N: 40, D: 128, momentum: 0.5 }, grid: [5] },
    { params: { B: 4, N: 8, D: 20, momentum: 0.5 }, grid: [4] }, // a row beyond the last
  ],
  // Where there are enough: a NaN, an infinity, a row and feature that cancel. Their rows stay.
  inputs: ({ B, N, D }, random) => {
    const index = positives(B, N);
    const bank = fill(N * D, () => 2 * random() - 1);
    const features = fill(B * D, () => 2 * random() - 1);
    if (B >= 5) {
      features[D + 2] = Number.NaN;
      features[3 * D - 1] = Number.POSITIVE_INFINITY;
      for (let d = 0; d < D; d++) {
        features[3 * D + d] = 0;
        bank[index[3]! * D + d] = 0;
      }
    }
    if (N === 8) index[1] = 0xffffffff;
    return { index, bank, features };
  },
  ref: (inputs, { B, D, momentum }) => {
    const bank = Float64Array.from(given(inputs, "bank"));
    for (let b = 0; b < B; b++) {
      const row = given(inputs, "index")[b]! * D;
      if (row >= bank.length) continue;
      const moved = fill(D, (d) => momentum * bank[row + d]! + (1 - momentum) * given(inputs, "features")[b * D + d]!);
      const length = Math.sqrt(sum(D, (d) => moved[d]! ** 2));
      if (Number.isFinite(length) && length > 1e-12) for (let d = 0; d < D; d++) bank[row + d] = moved[d]! / length;
    }
    return { bank };
  },
});

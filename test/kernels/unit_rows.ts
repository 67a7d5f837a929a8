import { unitRows } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

/** Rows, those wanted, the first of them, quarter of the row length. */
const sizes = [
  [1, 1, 0, 1],
  [63, 63, 0, 3],
  [65, 9, 3, 4],
  [130, 66, 64, 9],
] as const;

export const kernelCase = kernelCaseOf({
  kernel: unitRows,
  cases: sizes.map(([N, M, n0, D4]) => ({ params: { N, M, n0, D4 }, grid: [Math.ceil(M / 64)] })),
  // The last row is zero: it stays zero.
  inputs: ({ N, D4 }, random) => ({ bank: fill(N * 4 * D4, (i) => (N > 1 && i >= (N - 1) * 4 * D4 ? 0 : 2 * random() - 1)) }),
  ref: (inputs, { M, n0, D4 }) => {
    const rows = Array.from(given(inputs, "bank")).slice(n0 * 4 * D4);
    const norm = fill(M, (m) => Math.max(Math.sqrt(sum(4 * D4, (d) => rows[m * 4 * D4 + d]! ** 2)), 1e-12));
    return { unit: fill(M * 4 * D4, (i) => rows[i]! / norm[Math.floor(i / (4 * D4))]!) };
  },
});

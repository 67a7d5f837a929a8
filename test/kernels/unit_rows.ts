import { unitRows } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";

const sizes = [
  [1, 1],
  [63, 3],
  [65, 4],
  [130, 9],
] as const;

export const kernelCase = kernelCaseOf({
  kernel: unitRows,
  cases: sizes.map(([N, D]) => ({ params: { N, D, D4: Math.ceil(D / 4) }, grid: [Math.ceil(N / 64)] })),
  // The last row is zero: it stays zero.
  inputs: ({ N, D }, random) => ({ rows: fill(N * D, (i) => (N > 1 && i >= (N - 1) * D ? 0 : 2 * random() - 1)) }),
  ref: (inputs, { N, D, D4 }) => {
    const rows = given(inputs, "rows");
    const norm = fill(N, (n) => Math.max(Math.sqrt(sum(D, (d) => rows[n * D + d]! ** 2)), 1e-12));
    return {
      unit: fill(N * 4 * D4, (i) =>
        i % (4 * D4) < D ? rows[Math.floor(i / (4 * D4)) * D + (i % (4 * D4))]! / norm[Math.floor(i / (4 * D4))]! : 0,
      ),
    };
  },
});

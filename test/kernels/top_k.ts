import { topK } from "../../src/gpu/kernels.gen.ts";
import { fill, given, kernelCaseOf, type Random } from "../kernel_case.ts";

const NOBODY = 0xffffffff;
const stride = (M: number) => 4 * Math.ceil(M / 4);

/** Rows of every nature in turn: spread out, few distinct values, one value, both zeros and a denormal, almost one value with some NaN. */
function similarity(row: number, random: Random): number {
  const u = random();
  if (row % 5 === 0) return 2 * u - 1;
  if (row % 5 === 1) return Math.floor(4 * u) / 4 - 0.5;
  if (row % 5 === 2) return 0.75;
  if (row % 5 === 3) return [0, -0, 1e-40, 0.5][Math.floor(4 * u)] ?? 0;
  return u < 0.05 ? Number.NaN : Math.fround(1 - 1e-7 * Math.floor(3 * u));
}

const sizes = [
  { Q: 1, M: 1, K: 1, S: 1, s: 0, n0: 0 },
  { Q: 5, M: 63, K: 7, S: 1, s: 0, n0: 0 },
  { Q: 6, M: 65, K: 70, S: 1, s: 0, n0: 10 }, // fewer columns than K
  { Q: 7, M: 700, K: 200, S: 1, s: 0, n0: 0 },
  { Q: 5, M: 301, K: 200, S: 1, s: 0, n0: 0 }, // the bound lies far below the first guess
  { Q: 5, M: 1001, K: 20, S: 3, s: 1, n0: 500 },
] as const;

export const kernelCase = kernelCaseOf({
  kernel: topK,
  cases: sizes.map((params) => ({ params, grid: [params.Q] })),
  inputs: ({ Q, M, K, S, n0 }, random) => ({
    // The padding of a row is larger than all that counts.
    sims: fill(Q * stride(M), (i) => (i % stride(M) < M ? similarity(Math.floor(i / stride(M)), random) : 2)),
    exclude: fill(Q, (q) => (q % 3 === 0 && M > 1 ? n0 + ((7 * q) % M) : q % 3 === 1 ? Math.max(0, n0 - 1) : NOBODY)),
    // Lists of other parts, which must stay.
    best: fill(Q * S * K, (i) => i),
    index: fill(Q * S * K, (i) => i),
  }),
  ref: (inputs, { Q, M, K, S, s, n0 }) => {
    const sims = given(inputs, "sims");
    const best = Float64Array.from(given(inputs, "best"));
    const index = Float64Array.from(given(inputs, "index"));
    for (let q = 0; q < Q; q++) {
      const columns = Array.from({ length: M }, (_, m) => m)
        .filter((m) => !Number.isNaN(sims[q * stride(M) + m]) && n0 + m !== given(inputs, "exclude")[q])
        .sort((a, b) => sims[q * stride(M) + b]! - sims[q * stride(M) + a]! || a - b);
      for (let i = 0; i < K; i++) {
        const m = columns[i];
        best[(q * S + s) * K + i] = m === undefined ? -2 : sims[q * stride(M) + m]!;
        index[(q * S + s) * K + i] = m === undefined ? NOBODY : n0 + m;
      }
    }
    return { best, index };
  },
});

import type { BenchCase, Inputs, Size } from "../contract.ts";
import { unitRows } from "../noise.ts";
import { inputNamed } from "./conv.ts";

/** The K candidates of N with the largest cosine for each of Q queries: their cosines, largest first, and those of the indices given. */
export const knn: BenchCase = {
  name: "knn",
  title: "k nearest neighbours",
  sizes: [
    { set: "issue", size: { Q: 64, N: 32_768, D: 128, K: 200 } },
    { set: "small", size: { Q: 8, N: 1024, D: 64, K: 20 } },
    { set: "paper", size: { Q: 256, N: 50_000, D: 128, K: 200 } },
    { set: "ragged", size: { Q: 13, N: 4099, D: 60, K: 37 } },
  ],
  linear: { from: { Q: 16, N: 8192, D: 64, K: 50 }, axes: { Q: [8, 16, 32, 64], N: [4096, 8192, 16_384, 32_768], K: [25, 50, 100, 200] } },
  flops: ({ Q = 0, N = 0, D = 0 }: Size) => 2 * Q * N * D,
  traffic: ({ Q = 0, N = 0, D = 0, K = 0 }: Size) => 4 * (N * D + Q * D + 2 * Q * K),
  largest: ({ Q = 0, N = 0, D = 0 }, variant) => 4 * N * Math.max(D, variant === "ours" ? 0 : Q),
  inputs: ({ Q = 0, N = 0, D = 0 }) => ({
    queries: { shape: [Q, D], data: unitRows(1, Q, D) },
    candidates: { shape: [N, D], data: unitRows(2, N, D) },
  }),
  reference({ Q = 0, N = 0, K = 0 }, inputs) {
    const similarity = new Float64Array(Q * K);
    for (let q = 0; q < Q; q++) {
      const all = Float64Array.from({ length: N }, (_, n) => cosine(inputs, q, n)).sort();
      for (let k = 0; k < K; k++) similarity[q * K + k] = all[N - 1 - k] ?? 0;
    }
    return { similarity, index: similarity };
  },
};

function cosine(inputs: Inputs, q: number, n: number): number {
  const [queries, candidates] = [inputNamed(inputs, "queries"), inputNamed(inputs, "candidates")];
  const D = queries.shape[1] ?? 0;
  let sum = 0;
  for (let d = 0; d < D; d++) sum += (queries.data[q * D + d] ?? 0) * (candidates.data[n * D + d] ?? 0);
  return sum;
}

/** Cosines of candidates [Q, K]: equal ones may change places, so indices are checked by what they point at. */
export const cosinesOf =
  (inputs: Inputs, { K = 0 }: Size) =>
  (index: ArrayLike<number>): Float64Array =>
    Float64Array.from(index, (n, i) => cosine(inputs, Math.floor(i / K), n));

import { cpcDq } from "../../src/gpu/kernels.gen.ts";
import { paddedRows, rowOf } from "../cpc_truth.ts";
import { type Arrays, fill, given, kernelCaseOf, type Random, sum } from "../kernel_case.ts";
import { matrixSizes, spanOf } from "./cpc_scores.ts";

const tiles = (n: number): number => Math.ceil(n / 8);

type Dq = { readonly [P in "R" | "Q" | "D" | "S" | "K" | "G" | "M" | "N" | "span" | "k0" | "m0" | "more" | "alpha"]: number };
/** Of cpc_dq.wgsl, in float64; `ahead` (steps) and T: with TIME. */
export function cpcDqRef(inputs: Arrays, p: Dq, SHARED: number, TIME = 0, T = 1, ahead = (_k: number) => 0): Arrays {
  const { R, Q, D, S, K, G, M, N, k0, m0, more, alpha } = p;
  const [z, d, tally] = [given(inputs, "z"), given(inputs, "d"), given(inputs, "tally")];
  const quads = 4 * Math.ceil(N / 4);
  const dq = more ? Float64Array.from(given(inputs, "dq")) : fill(R * Q * D, () => 0);
  for (let k = 0; k < K; k++) {
    for (let g = 0; g < G; g++) {
      for (let m = 0; m < M; m++) {
        const row = rowOf(TIME, { ...p, T }, g, m + m0, ahead(k));
        const weights = ((k * G + g) * M + m) * quads;
        for (let c = 0; c < D; c++) {
          const value = sum(N, (n) => d[weights + n]! * z[rowOf(TIME, { ...p, T }, g, n, 0) * D + c]!);
          dq[(row * Q + (SHARED ? 0 : k0 + k)) * D + c]! += alpha * tally[S + k0 + k]! * value;
        }
      }
    }
  }
  return { dq };
}

/** What dq needs beside numbers: derivatives that are 0 past N, and with `more` what is there already. */
export const cpcDqInputs = ({ R, Q, D, K, G, M, N, more }: Dq, random: Random): Arrays => ({
  d: paddedRows(K * G * M, N, random),
  ...(more ? { dq: fill(R * Q * D, () => random()) } : {}),
});

export const kernelCase = kernelCaseOf({
  kernel: cpcDq,
  cases: matrixSizes
    .filter(({ K, S, G, B, M }) => K === S && G * M >= B) // every row and step written, so that nothing stays poisoned
    .map((size) => ({ ...size, more: 0 }))
    .concat({ ...matrixSizes[1]!, more: 1 }, { ...matrixSizes[4]!, more: 1 })
    .map(({ TIME, B, ...size }) => ({
      params: { ...size, R: B * size.T, span: spanOf(size), alpha: 0.5 },
      overrides: { TIME, SHARED: size.Q === 1 ? 1 : 0 },
      grid: [Math.ceil(((size.Q === 1 ? 1 : size.K) * size.G * tiles(size.M) * tiles(size.D)) / 32)],
    })),
  inputs: cpcDqInputs,
  ref: (inputs, p, _, { TIME = 0, SHARED = 0 }) => cpcDqRef(inputs, p, SHARED, TIME, p.T, (k) => (p.k0 + k + 1 + p.skip) * p.stride),
});

import { cpcDz } from "../../src/gpu/kernels.gen.ts";
import { rowOf } from "../cpc_truth.ts";
import { type Arrays, fill, given, kernelCaseOf, type Random, sum } from "../kernel_case.ts";
import { matrixSizes, spanOf } from "./cpc_scores.ts";

const tiles = (n: number): number => Math.ceil(n / 8);

type Dz = { readonly [P in "R" | "Q" | "D" | "S" | "K" | "G" | "M" | "N" | "span" | "k0" | "m0" | "more" | "alpha"]: number };
/** Of cpc_dz.wgsl, in float64; `ahead` (steps) and T: with TIME. */
export function cpcDzRef(inputs: Arrays, p: Dz, TIME = 0, T = 1, ahead = (_k: number) => 0): Arrays {
  const { R, Q, D, S, K, G, M, N, k0, m0, more, alpha } = p;
  const [q, d, tally] = [given(inputs, "q"), given(inputs, "d"), given(inputs, "tally")];
  const quads = 4 * Math.ceil(N / 4);
  const dz = more ? Float64Array.from(given(inputs, "dz")) : fill(R * D, () => 0);
  for (let k = 0; k < K; k++) {
    for (let g = 0; g < G; g++) {
      for (let n = 0; n < N; n++) {
        const to = rowOf(TIME, { ...p, T }, g, n, 0) * D;
        for (let c = 0; c < D; c++) {
          const term = (m: number) => {
            const query = rowOf(TIME, { ...p, T }, g, m + m0, ahead(k)) * Q + Math.min(k0 + k, Q - 1);
            return d[((k * G + g) * M + m) * quads + n]! * q[query * D + c]!;
          };
          dz[to + c]! += alpha * tally[S + k0 + k]! * sum(M, term);
        }
      }
    }
  }
  return { dz };
}

export const cpcDzInputs = ({ R, D, more }: Dz, random: Random): Arrays => (more ? { dz: fill(R * D, () => random()) } : {});

export const kernelCase = kernelCaseOf({
  kernel: cpcDz,
  cases: matrixSizes.map(({ TIME, B, ...size }, i) => ({
    params: { ...size, R: B * size.T, span: spanOf(size), alpha: 0.5, more: i % 2 },
    overrides: { TIME },
    grid: [Math.ceil((size.G * tiles(size.N) * tiles(size.D)) / 32)],
  })),
  inputs: cpcDzInputs,
  ref: (inputs, p, _, { TIME = 0 }) => cpcDzRef(inputs, p, TIME, p.T, (k) => (p.k0 + k + 1 + p.skip) * p.stride),
});

import { cpcScores } from "../../src/gpu/kernels.gen.ts";
import { dotOf, rowOf } from "../cpc_truth.ts";
import { type Arrays, fill, given, kernelCaseOf } from "../kernel_case.ts";

/** Score matrices in groups by time (TIME), by sequence, and of the whole batch; steps from k0 on, anchors from m0 on. */
export const matrixSizes = [
  { TIME: 0, B: 1, T: 2, Q: 1, S: 1, D: 4, K: 1, G: 1, M: 2, N: 2, k0: 0, m0: 0, skip: 0, stride: 1 },
  { TIME: 1, B: 3, T: 5, Q: 3, S: 3, D: 8, K: 2, G: 5, M: 3, N: 3, k0: 1, m0: 0, skip: 1, stride: 1 },
  { TIME: 1, B: 9, T: 4, Q: 1, S: 2, D: 12, K: 2, G: 4, M: 9, N: 9, k0: 0, m0: 0, skip: 0, stride: 1 },
  { TIME: 0, B: 2, T: 9, Q: 3, S: 3, D: 20, K: 3, G: 2, M: 9, N: 9, k0: 0, m0: 0, skip: 0, stride: 1 },
  { TIME: 0, B: 3, T: 7, Q: 4, S: 4, D: 8, K: 1, G: 1, M: 10, N: 21, k0: 2, m0: 9, skip: 0, stride: 1 },
  { TIME: 1, B: 3, T: 12, Q: 2, S: 2, D: 8, K: 2, G: 12, M: 3, N: 3, k0: 0, m0: 0, skip: 1, stride: 3 },
  { TIME: 0, B: 2, T: 12, Q: 2, S: 2, D: 4, K: 2, G: 2, M: 12, N: 12, k0: 0, m0: 0, skip: 0, stride: 4 },
];
export const spanOf = ({ G, T, N }: { G: number; T: number; N: number }): number => (G > 1 ? T : N);
const tiles = (n: number): number => Math.ceil(n / 8);

/** Sizes of groups of consecutive rows, as the forms take them that know no others. */
export const rowSizes = matrixSizes
  .filter(({ TIME }) => !TIME)
  .map(({ TIME: _, B, T, S, skip: __, stride: ___, ...size }) => ({
    S,
    size: { ...size, R: B * T, span: spanOf({ ...size, T }), alpha: 0.5 },
  }));

type Scores = { readonly [P in "Q" | "D" | "K" | "G" | "M" | "N" | "span" | "k0" | "m0" | "alpha"]: number };
/** Of cpc_scores.wgsl, in float64; `ahead` (steps) and T: with TIME. */
export function cpcScoresRef(inputs: Arrays, p: Scores, TIME = 0, T = 1, ahead = (_k: number) => 0): Arrays {
  const { Q, D, K, G, M, N, k0, m0, alpha } = p;
  const quads = 4 * Math.ceil(N / 4);
  return {
    s: fill(K * G * M * quads, (i) => {
      const n = i % quads;
      if (n >= N) return Number.NaN;
      const [k, g, m] = [Math.floor(i / quads / M / G), Math.floor(i / quads / M) % G, Math.floor(i / quads) % M];
      const query = rowOf(TIME, { ...p, T }, g, m + m0, ahead(k)) * Q + Math.min(k0 + k, Q - 1);
      return alpha * dotOf(given(inputs, "q"), query, given(inputs, "z"), rowOf(TIME, { ...p, T }, g, n, 0), D);
    }),
  };
}

export const kernelCase = kernelCaseOf({
  kernel: cpcScores,
  cases: matrixSizes.map(({ TIME, B, S: _, ...size }) => ({
    params: { ...size, R: B * size.T, span: spanOf(size), alpha: 0.5 },
    overrides: { TIME },
    grid: [Math.ceil((size.K * size.G * tiles(size.M) * tiles(size.N)) / 32)],
  })),
  ref: (inputs, p, _, { TIME = 0 }) => cpcScoresRef(inputs, p, TIME, p.T, (k) => (p.k0 + k + 1 + p.skip) * p.stride),
});

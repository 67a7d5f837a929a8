import { cpcDrawnDq } from "../../src/gpu/kernels.gen.ts";
import { paddedRows } from "../cpc_truth.ts";
import { fill, given, kernelCaseOf, sum } from "../kernel_case.ts";
import { drawnSizes, draws } from "./cpc_drawn_scores.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcDrawnDq,
  cases: drawnSizes
    .map(({ B, T, ...size }) => ({ ...size, m0: 0, M: B * T })) // every row written, so that nothing stays poisoned
    .map((size) => ({
      params: { ...size, R: size.M, N: size.n + 1, alpha: 0.5 },
      overrides: { SHARED: size.Q === 1 ? 1 : 0 },
      grid: [Math.ceil((size.M * (size.Q === 1 ? 1 : Math.ceil(size.K / 8)) * (size.D / 4)) / 32)],
    })),
  inputs: ({ R, K, M, N, n }, random) => ({ drawn: draws(1, R, n), d: paddedRows(K * M, N, random) }),
  ref: (inputs, { R, Q, D, K, M, N, n, skip, stride, alpha }) => {
    const [z, d, tally, drawn] = [given(inputs, "z"), given(inputs, "d"), given(inputs, "tally"), given(inputs, "drawn")];
    const quads = 4 * Math.ceil(N / 4);
    const dq = fill(R * Q * D, () => 0);
    for (let k = 0; k < K; k++) {
      for (let m = 0; m < M; m++) {
        const to = (c: number) => (c === 0 ? Math.min(m + (k + 1 + skip) * stride, R - 1) : drawn[m * n + c - 1]!);
        for (let i = 0; i < D; i++) {
          const value = sum(N, (c) => d[(k * M + m) * quads + c]! * z[to(c) * D + i]!);
          dq[(m * Q + Math.min(k, Q - 1)) * D + i]! += alpha * tally[K + k]! * value;
        }
      }
    }
    return { dq };
  },
});

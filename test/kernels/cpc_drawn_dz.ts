import { cpcDrawnDz } from "../../src/gpu/kernels.gen.ts";
import { usersOf } from "../cpc_truth.ts";
import { fill, given, kernelCaseOf } from "../kernel_case.ts";
import { drawnSizes, draws } from "./cpc_drawn_scores.ts";

export const kernelCase = kernelCaseOf({
  kernel: cpcDrawnDz,
  cases: drawnSizes.map(({ B, ...size }, i) => ({
    params: { ...size, R: B * size.T, N: size.n + 1, alpha: 0.5, more: i % 2 },
    grid: [Math.ceil((B * size.T * Math.ceil(size.D / 16)) / 32)],
  })),
  inputs: ({ R, n, D, more }, random) => ({
    users: usersOf(draws(1, R, n), n),
    ...(more ? { dz: fill(R * D, () => random()) } : {}),
  }),
  ref: (inputs, { R, Q, D, K, M, N, n, T, m0, skip, stride, more, alpha }) => {
    const [q, d, tally, users] = [given(inputs, "q"), given(inputs, "d"), given(inputs, "tally"), given(inputs, "users")];
    const quads = 4 * Math.ceil(N / 4);
    const dz = more ? Float64Array.from(given(inputs, "dz")) : fill(R * D, () => 0);
    const give = (row: number, user: number, k: number, column: number) => {
      if (user < m0 || user >= m0 + M) return;
      const f = alpha * tally[K + k]! * d[(k * M + user - m0) * quads + column]!;
      for (let i = 0; i < D; i++) dz[row * D + i]! += f * q[(user * Q + Math.min(k, Q - 1)) * D + i]!;
    };
    for (let row = 0; row < R; row++) {
      for (let k = 0; k < K; k++) {
        for (let j = 0; j < n; j++) give(row, users[row * n + j]!, k, j + 1);
        if (row % T >= (k + 1 + skip) * stride) give(row, row - (k + 1 + skip) * stride, k, 0);
      }
    }
    return { dz };
  },
});

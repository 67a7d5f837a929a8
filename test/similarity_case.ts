import type { similarity8x8, similarity16x16 } from "../src/gpu/kernels.gen.ts";
import { fill, given, type KernelCase, sum } from "./kernel_case.ts";

/** The case of a similarity kernel whose invocations compute `tile` x `tile`: the variants promise the same. */
export function similarityCase<K extends typeof similarity8x8 | typeof similarity16x16>(kernel: K, tile: number) {
  /** Queries, candidates, columns wanted, their first, quarter of the row length. */
  const sizes = [
    [1, 1, 1, 0, 1],
    [tile - 1, tile + 9, tile + 1, 3, 2],
    [tile, tile, tile, 0, 3],
    [2 * tile + 1, 32 * tile + 7, 32 * tile + 5, 2, 5],
  ] as const;
  return {
    kernel,
    cases: sizes.map(([Q, N, M, n0, D4]) => ({
      params: { Q, N, M, n0, D4 },
      grid: [Math.ceil(M / (32 * tile)), Math.ceil(Q / tile)],
    })),
    ref: (inputs, { Q, M, n0, D4 }) => {
      const q = given(inputs, "unit_q");
      const n = given(inputs, "unit_n");
      const dot = (i: number, j: number) => sum(4 * D4, (d) => q[i * 4 * D4 + d]! * n[j * 4 * D4 + d]!);
      return { sims: fill(Q * M, (at) => dot(Math.floor(at / M), n0 + (at % M))) };
    },
  } satisfies KernelCase<typeof similarity8x8 | typeof similarity16x16>;
}

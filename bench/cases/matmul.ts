import type { BenchCase, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { matmul } from "../reference/dense.ts";
import { RefTape } from "../reference/tape.ts";

export interface Transposes {
  readonly ta: boolean;
  readonly tb: boolean;
}

/** C[M, N] of a and b as they lie in memory, or of their transposes. */
function product(name: string, { ta, tb }: Transposes): BenchCase {
  return {
    name: `matmul-${name}`,
    title: `Matrix product ${name.toUpperCase()}`,
    sizes: [
      { set: "issue", size: { M: 512, N: 512, K: 512 } },
      { set: "small", size: { M: 64, N: 64, K: 64 } },
      { set: "ragged", size: { M: 123, N: 61, K: 77 } },
    ],
    flops: ({ M = 0, N = 0, K = 0 }: Size) => 2 * M * N * K,
    traffic: ({ M = 0, N = 0, K = 0 }: Size) => 4 * (M * K + K * N + M * N),
    inputs: ({ M = 0, N = 0, K = 0 }) => ({
      a: { shape: ta ? [K, M] : [M, K], data: uniform(1, M * K) },
      b: { shape: tb ? [N, K] : [K, N], data: uniform(2, K * N) },
    }),
    reference(_, { a, b }) {
      if (!a || !b) throw new Error("matmul: inputs are missing");
      const tape = new RefTape();
      return { c: matmul(tape.leaf(a.shape, a.data), tape.leaf(b.shape, b.data), { ta, tb }).data };
    },
  };
}

/** Products of a step: forward (nt), input gradient (nn), weight gradient (tn). */
export const TRANSPOSES: Readonly<Record<string, Transposes>> = {
  nn: { ta: false, tb: false },
  nt: { ta: false, tb: true },
  tn: { ta: true, tb: false },
};

export const products: readonly BenchCase[] = Object.entries(TRANSPOSES).map(([name, transposes]) => product(name, transposes));

import type { Arrays } from "./kernel_case.ts";
import { fill, given, sum } from "./kernel_case.ts";

/** M, N, K of products that fill no tile, one and a bit, and several: multiples of four where vectors are read. */
export const VECTOR_SIZES = [
  [4, 4, 4],
  [16, 16, 8],
  [20, 36, 12],
  [32, 132, 20],
  [36, 260, 4],
] as const;

/** A's and B's element (i, k), (k, j) for the two transposes. */
export const LAYOUTS = [
  { TA: 0, TB: 0 },
  { TA: 0, TB: 1 },
  { TA: 1, TB: 0 },
  { TA: 1, TB: 1 },
] as const;

export function productRef(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  M: number,
  N: number,
  K: number,
  TA: boolean,
  TB: boolean,
): Float64Array {
  const left = (i: number, k: number) => a[TA ? k * M + i : i * K + k]!;
  const right = (k: number, j: number) => b[TB ? j * K + k : k * N + j]!;
  return fill(M * N, (ij) => sum(K, (k) => left(Math.floor(ij / N), k) * right(k, ij % N)));
}

/** Cases of the kernels that read vectors. Rows need not be a multiple of four unless A is transposed. */
export function vectorProducts(grid: (M: number, N: number, WG: number) => readonly number[], groups: readonly number[]) {
  const sizes = (TA: number) => (TA ? VECTOR_SIZES : [...VECTOR_SIZES, [1, 4, 4] as const, [19, 68, 8] as const]);
  return {
    cases: LAYOUTS.flatMap(({ TA, TB }, layout) =>
      sizes(TA).map(([M, N, K], i) => {
        const WG = groups[(i + layout) % groups.length] ?? 32;
        return { params: { M, N, K }, grid: grid(M, N, WG), overrides: { WG, TA, TB } };
      }),
    ),
    ref: (
      inputs: Arrays,
      { M, N, K }: { M: number; N: number; K: number },
      _: unknown,
      { TA, TB }: { readonly [name: string]: number },
    ) => ({
      c: productRef(given(inputs, "a"), given(inputs, "b"), M, N, K, TA === 1, TB === 1),
    }),
  };
}

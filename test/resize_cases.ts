export interface ResizeSizes {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly OH: number;
  readonly OW: number;
}

/** Larger, smaller, the same, from and to one pixel, whole and ragged factors. */
export const resizeSizes: readonly ResizeSizes[] = [
  { N: 1, H: 1, W: 1, OH: 1, OW: 1 },
  { N: 3, H: 1, W: 2, OH: 5, OW: 6 },
  { N: 2, H: 4, W: 3, OH: 16, OW: 12 },
  { N: 2, H: 3, W: 5, OH: 7, OW: 11 },
  { N: 5, H: 6, W: 4, OH: 6, OW: 4 },
  { N: 2, H: 9, W: 10, OH: 4, OW: 3 },
  { N: 1, H: 8, W: 7, OH: 1, OW: 1 },
  { N: 1, H: 2, W: 31, OH: 13, OW: 32 },
];

/** Calls `visit(output, input, weight)` for every pair that belongs together, by the formula in floating point. */
export function visitTaps({ N, H, W, OH, OW }: ResizeSizes, visit: (to: number, from: number, weight: number) => void): void {
  const along = (i: number, size: number, out: number): [number, number][] => {
    const at = Math.max(((i + 0.5) * size) / out - 0.5, 0);
    const low = Math.floor(at + 1e-9);
    return [
      [low, 1 - (at - low)],
      [Math.min(low + 1, size - 1), at - low],
    ];
  };
  for (let n = 0; n < N; n++)
    for (let v = 0; v < OH; v++)
      for (let u = 0; u < OW; u++)
        for (const [r, a] of along(v, H, OH))
          for (const [c, b] of along(u, W, OW)) visit((n * OH + v) * OW + u, (n * H + r) * W + c, a * b);
}

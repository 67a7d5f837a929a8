import { fill } from "./kernel_case.ts";

export interface PoolSizes {
  readonly N: number;
  readonly H: number;
  readonly W: number;
  readonly OH: number;
  readonly OW: number;
  readonly K: number;
  readonly stride: number;
  readonly pad: number;
}

const sized = (N: number, H: number, W: number, K: number, stride: number, pad: number): PoolSizes => ({
  ...{ N, H, W, K, stride, pad },
  OH: Math.floor((H + 2 * pad - K) / stride) + 1,
  OW: Math.floor((W + 2 * pad - K) / stride) + 1,
});

/** Overlapping windows, windows with gaps, padding, windows that leave a rest. */
export const poolSizes: readonly PoolSizes[] = [
  sized(1, 1, 1, 1, 1, 0),
  sized(3, 7, 6, 2, 2, 0),
  sized(2, 9, 8, 3, 2, 1),
  sized(5, 8, 5, 3, 1, 1),
  sized(2, 10, 11, 2, 3, 0),
];

/** Place (within its plane) of the first maximum of every window. */
export function maxima(x: ArrayLike<number>, p: PoolSizes): Float64Array {
  return fill(p.N * p.OH * p.OW, (i) => {
    const plane = Math.floor(i / (p.OH * p.OW)) * p.H * p.W;
    const [top, left] = [(Math.floor(i / p.OW) % p.OH) * p.stride - p.pad, (i % p.OW) * p.stride - p.pad];
    let best = -1;
    for (let u = Math.max(0, top); u < Math.min(p.H, top + p.K); u++) {
      for (let v = Math.max(0, left); v < Math.min(p.W, left + p.K); v++) {
        if (best < 0 || x[plane + u * p.W + v]! > x[plane + best]!) best = u * p.W + v;
      }
    }
    return best;
  });
}

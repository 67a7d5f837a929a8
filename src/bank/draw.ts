import { indexBelow, Purpose, randomStream, randomVec4 } from "../random.ts";

export interface DrawOptions {
  readonly seed: number;
  readonly step: number;
  /** Rows of the bank, N. */
  readonly rows: number;
  /** Negatives of each anchor, K. */
  readonly count: number;
  /** Whether an anchor's own row may be drawn, as in the published code. Default false. */
  readonly keepPositive?: boolean;
  /** Number of the first anchor within the step, where it has several batches. Default 0. */
  readonly first?: number;
}

/**
 * The negatives that the scoring kernels draw, [B, K] row numbers: uniform, with replacement, a function of (seed, step, anchor, k).
 * Twin of shaders/lib/negatives.wgsl, for tests and for looking at what a step saw.
 * @param index the positive of each of B anchors
 */
export function drawNegatives(
  index: ArrayLike<number>,
  { seed, step, rows, count, keepPositive = false, first = 0 }: DrawOptions,
): Uint32Array {
  const stream = randomStream(seed, Purpose.negatives);
  const among = keepPositive ? rows : rows - 1;
  const drawn = new Uint32Array(index.length * count);
  for (let b = 0; b < index.length; b++) {
    for (let k = 0; k < count; k++) {
      const j = indexBelow(randomVec4(stream, step, first + b, k >>> 2)[k & 3] ?? 0, among);
      drawn[b * count + k] = !keepPositive && j >= (index[b] ?? 0) ? j + 1 : j;
    }
  }
  return drawn;
}

import { UsageError } from "../errors.ts";

/** Source pixels of an output pixel along one axis, and how much of the output pixel's extent each covers, in source pixels. */
interface Cover {
  readonly first: number;
  readonly weights: Float64Array;
}

/** How one plane becomes a smaller one. Sources are column by column, as MATLAB stores them: row r, column c at c * rows + r. */
export interface Shrink {
  readonly rows: number;
  readonly columns: number;
  readonly height: number;
  readonly width: number;
  readonly down: readonly Cover[];
  readonly across: readonly Cover[];
}

/** @throws UsageError when the result would be larger than the source, or sizes are no positive integers */
export function shrinkOf(where: string, rows: number, columns: number, [height, width]: readonly [number, number]): Shrink {
  for (const [what, size, most] of [["height", height, rows] as const, ["width", width, columns] as const]) {
    if (!Number.isInteger(size) || size < 1 || size > most)
      throw new UsageError(`${where}: ${what} ${size}: expected an integer from 1 to ${most}, that of the file's images`);
  }
  return { rows, columns, height, width, down: covers(rows, height), across: covers(columns, width) };
}

function covers(from: number, to: number): Cover[] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(start);
    const weights = Float64Array.from({ length: Math.ceil(end) - first }, (_, k) => {
      return Math.min(end, first + k + 1) - Math.max(start, first + k);
    });
    return { first, weights };
  });
}

/** Sums over areas, [height, width], weighted by how much of each source pixel lies inside. */
function areaSums({ rows, columns, height, width, down, across }: Shrink, source: ArrayLike<number>): Float64Array {
  const narrow = new Float64Array(columns * height); // columns as they are, their rows summed
  for (let c = 0; c < columns; c++) {
    for (let y = 0; y < height; y++) {
      const { first = 0, weights = [] } = down[y] ?? {};
      let sum = 0;
      for (let r = 0; r < weights.length; r++) sum += (weights[r] ?? 0) * (source[c * rows + first + r] ?? 0);
      narrow[c * height + y] = sum;
    }
  }
  const sums = new Float64Array(height * width);
  for (const [x, { first, weights }] of across.entries()) {
    for (let c = 0; c < weights.length; c++) {
      const [weight, from] = [weights[c] ?? 0, (first + c) * height];
      for (let y = 0; y < height; y++) sums[y * width + x] = (sums[y * width + x] ?? 0) + weight * (narrow[from + y] ?? 0);
    }
  }
  return sums;
}

/** Source pixels under an output pixel. */
const areaOf = ({ rows, columns, height, width }: Shrink): number => (rows / height) * (columns / width);

/** Means over areas, rounded: one plane of bytes, row by row, into `out`. */
export function meanBytes(shrink: Shrink, source: Uint8Array, out: Uint8Array): void {
  const area = areaOf(shrink);
  for (const [at, sum] of areaSums(shrink, source).entries()) out[at] = Math.round(sum / area);
}

/**
 * Means over the part of each area that was measured, row by row: 0 where less than half of the area was. A source pixel counts as
 * measured when it is above 0 and at most `range`: sensors write 0 for a hole, and their limit for "far". NaN is a hole too.
 */
export function meanMeasured(shrink: Shrink, source: Float32Array | Float64Array, range: number, out: Float64Array): void {
  const [known, values] = [new Uint8Array(source.length), new Float64Array(source.length)];
  for (let i = 0; i < source.length; i++) {
    const value = source[i] ?? 0;
    if (!(value > 0 && value <= range)) continue;
    known[i] = 1;
    values[i] = value;
  }
  const measured = areaSums(shrink, known);
  const least = 0.5 * areaOf(shrink) * (1 - 1e-12); // half of the area, whatever the rounding of its parts
  for (const [at, sum] of areaSums(shrink, values).entries()) {
    const part = measured[at] ?? 0;
    out[at] = part < least ? 0 : sum / part;
  }
}

/** The class that covers the largest part of each area, row by row: of equal parts the lower number, and any class before 0. */
export function majority({ rows, height, width, down, across }: Shrink, source: Uint16Array, out: Uint16Array): void {
  const areas = new Map<number, number>();
  for (let at = 0; at < height * width; at++) {
    const [vertical, horizontal] = [down[Math.floor(at / width)], across[at % width]];
    if (!vertical || !horizontal) continue;
    areas.clear();
    for (let c = 0; c < horizontal.weights.length; c++) {
      const [weight, from] = [horizontal.weights[c] ?? 0, (horizontal.first + c) * rows + vertical.first];
      let [label, run] = [source[from] ?? 0, 0]; // classes come in runs: a look-up a run, not a pixel
      for (let r = 0; r < vertical.weights.length; r++) {
        const own = source[from + r] ?? 0;
        if (own !== label) {
          areas.set(label, (areas.get(label) ?? 0) + weight * run);
          [label, run] = [own, 0];
        }
        run += vertical.weights[r] ?? 0;
      }
      areas.set(label, (areas.get(label) ?? 0) + weight * run);
    }
    out[at] = largest(areas);
  }
}

function largest(areas: ReadonlyMap<number, number>): number {
  const order = (label: number): number => (label === 0 ? 65536 : label);
  let [best, most] = [0, -1];
  for (const [label, area] of areas) {
    // Areas that differ by rounding alone are equal.
    const tied = Math.abs(area - most) <= 1e-9 * area;
    if (tied ? order(label) < order(best) : area > most) [best, most] = [label, area];
  }
  return best;
}

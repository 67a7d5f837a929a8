/** The middle value; the mean of the two middle ones. @throws RangeError on none */
export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The value below which 90 % lie. @throws RangeError on none */
export const p90 = (values: readonly number[]): number => quantile(values, 0.9);

/** The value below which the share `q` of the others lies, between neighbours by proportion. @throws RangeError on no values */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError("no values: nothing was timed");
  const sorted = values.toSorted((a, b) => a - b);
  const at = q * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (at - Math.floor(at)) * (above - below);
}

/** Largest |got - expected| over the largest |expected|: of a whole tensor, as single small values may cancel. */
export function relativeError(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [worst, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((got[i] ?? Number.NaN) - (expected[i] ?? 0));
    if (!(difference <= worst)) worst = difference; // NaN counts as worst
    if (Number.isNaN(worst)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(expected[i] ?? 0));
  }
  return worst / (largest || 1);
}

/** Exponent of the power law that fits best: 1 where cost grows in proportion. @throws RangeError on fewer than two points */
export function growth(points: readonly (readonly [number, number])[]): number {
  if (points.length < 2) throw new RangeError("growth needs two points");
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)] as const);
  const mean = (axis: 0 | 1) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length;
  const [mx, my] = [mean(0), mean(1)];
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - mx) ** 2, 0);
}

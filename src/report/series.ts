/** One point of a curve. */
export type Point = readonly [x: number, y: number];

/** Means over at most `bins` runs of neighbouring points: what is left of a million steps on a chart of 500 pixels. */
export function thin(points: readonly Point[], bins: number): Point[] {
  const finite = points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (finite.length <= bins) return finite;
  return Array.from({ length: bins }, (_, i) => {
    const from = Math.floor((i * finite.length) / bins);
    const run = finite.slice(from, Math.floor(((i + 1) * finite.length) / bins));
    const sum = run.reduce(([a, b], [x, y]) => [a + x, b + y] as const, [0, 0] as const);
    return [sum[0] / run.length, sum[1] / run.length];
  });
}

/**
 * Centred moving average over `2 * half + 1` points. The window shrinks at the start, where a curve falls steeply and its first
 * value must stay; at the end it loses its right half only, so that the last value is a mean too.
 */
export function smooth(points: readonly Point[], half: number): Point[] {
  return points.map(([x], i) => {
    const run = points.slice(i - Math.min(half, i), i + Math.min(half, i) + 1);
    return [x, run.reduce((sum, [, y]) => sum + y, 0) / run.length];
  });
}

/** Distance between ticks: 1, 2 or 5 times a power of ten, so that about `count` of them cover `span`. */
export function tickStep(span: number, count: number): number {
  const rough = Math.max(span, 1e-12) / Math.max(count, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/** Multiples of the tick step inside [low, high]. */
export function ticks(low: number, high: number, count: number): number[] {
  const step = tickStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The smallest interval of whole tick steps around the values; a unit interval when there are none. */
export function niceDomain(values: Iterable<number>, count: number): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) * 0.1, high + Math.abs(high) * 0.1];
  const step = tickStep(high - low, count);
  return [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step];
}

/** Writes ticks of one axis with the same number of digits after the point. */
export function tickFormat(low: number, high: number, count: number): (value: number) => string {
  const digits = Math.max(0, -Math.floor(Math.log10(tickStep(high - low, count)) + 1e-9));
  return (value) => value.toFixed(Math.min(digits, 8)).replace("-", "\u2212");
}

/** What repeated runs gave. */
export interface Summary {
  readonly n: number;
  /** NaN when there are no values. */
  readonly mean: number;
  /** Of the sample (n - 1 below); null for fewer than two values. */
  readonly deviation: number | null;
}

/** Mean and standard deviation. */
export function summary(values: readonly number[]): Summary {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, deviation: n < 2 ? null : Math.sqrt(squares / (n - 1)) };
}

import { type Arrays, fill, given, type Random, sum } from "./kernel_case.ts";

/** The float64 truth that the kernels of shaders/contrast and shaders/bank are compared with. */

/** What a masked score is on the device. */
export const MASKED = -1e30;

export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
export const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));

/** ln sum exp. */
export function logSum(values: readonly number[]): number {
  const m = Math.max(...values);
  return m + Math.log(sum(values.length, (i) => Math.exp(values[i]! - m)));
}

/** features[b] . bank[row] */
export const dot = (inputs: Arrays, b: number, row: number, D: number): number =>
  sum(D, (d) => given(inputs, "features")[b * D + d]! * given(inputs, "bank")[row * D + d]!);

/** Distinct positives spread over the rows, the last row among them. */
export const positives = (B: number, N: number): Float64Array => fill(B, (b) => (N - 1 + b * Math.max(1, Math.floor(N / B))) % N);

/** Row numbers with repeats, positives included. */
export const anyRows = (length: number, N: number, random: Random): Float64Array => fill(length, () => Math.floor(random() * N));

/** m, sum of exp(s - m) and sum of w exp(s - m) of one part's candidates. */
export function softmaxPart(inputs: Arrays, b: number, rows: readonly number[], D: number, inv_tau: number, peak?: number) {
  const scores = rows.map((row) => inv_tau * dot(inputs, b, row, D));
  const m = peak ?? Math.max(MASKED, ...scores);
  return weightedSum(inputs, rows, D, (i) => Math.exp(scores[i]! - m), m);
}

/** The same with sigmoid(s - shift) as weights, and the cost sum softplus(s - shift). */
export function ncePart(inputs: Arrays, b: number, rows: readonly number[], D: number, inv_tau: number, shift: number) {
  const a = rows.map((row) => inv_tau * dot(inputs, b, row, D) - shift);
  const { total } = softmaxPart(inputs, b, rows, D, inv_tau);
  const { m, gradient } = weightedSum(inputs, rows, D, (i) => sigmoid(a[i]!), Math.max(MASKED, ...a.map((x) => x + shift)));
  return { m, total, gradient, cost: sum(a.length, (i) => softplus(a[i]!)) };
}

function weightedSum(inputs: Arrays, rows: readonly number[], D: number, weight: (i: number) => number, m: number) {
  const weights = rows.map((_, i) => weight(i));
  const gradient = fill(D, (d) => sum(rows.length, (i) => weights[i]! * given(inputs, "bank")[rows[i]! * D + d]!));
  return { m, total: sum(rows.length, (i) => weights[i]!), gradient, cost: 0 };
}

/** Parts as the kernels lay them out. Where a part has no candidate, its maximum may be anything. */
export function layOut(B: number, P: number, D: number, part: (b: number, p: number) => ReturnType<typeof softmaxPart>) {
  const stats = new Float64Array(B * P * 4);
  const partial = new Float64Array(B * P * D);
  for (let b = 0; b < B; b++) {
    for (let p = 0; p < P; p++) {
      const { m, total, cost, gradient } = part(b, p);
      stats.set([m === MASKED ? Number.NaN : m, total, cost, 0], (b * P + p) * 4);
      partial.set(gradient, (b * P + p) * D);
    }
  }
  return { stats, partial };
}

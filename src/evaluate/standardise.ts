import { type HostRows, rowShape } from "../bank/rows.ts";
import { NonFiniteError } from "../errors.ts";

/**
 * What is done to features before a linear probe, with the statistics of the training rows. `common`: centred, then divided by one
 * number, so that the mean variance of a dimension is 1. `each`: every dimension gets mean 0 and variance 1. `none`: nothing.
 */
export type Standardise = "common" | "each" | "none";

/** y_d = gain_d (x_d - mean_d). */
export interface Standard {
  readonly mean: Float64Array;
  readonly gain: Float64Array;
}

/** Below this share of the largest deviation a dimension counts as constant: its rounding noise must not be blown up. */
const CONSTANT = 1e-6;

/** Statistics of rows [N, D] in float64. Dimensions that are constant get gain 0 with `each`. @throws NonFiniteError naming the row */
export function standardOf(rows: HostRows, how: Standardise): Standard {
  const [n, d] = rowShape(rows, "features");
  const [mean, square] = [new Float64Array(d), new Float64Array(d)];
  checkFinite(rows, "features");
  if (how === "none") return { mean, gain: new Float64Array(d).fill(1) };
  for (let i = 0; i < n; i++) for (let k = 0; k < d; k++) mean[k] = (mean[k] ?? 0) + (rows.data[i * d + k] ?? 0) / n;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < d; k++) square[k] = (square[k] ?? 0) + ((rows.data[i * d + k] ?? 0) - (mean[k] ?? 0)) ** 2 / n;
  const largest = Math.sqrt(Math.max(...square));
  const common = Math.sqrt(square.reduce((sum, v) => sum + v, 0) / d);
  const gain = square.map((v) => {
    if (how === "common") return common > 0 ? 1 / common : 0;
    return Math.sqrt(v) > CONSTANT * largest ? 1 / Math.sqrt(v) : 0;
  });
  return { mean, gain };
}

/** Rows with the statistics of others taken off. */
export function standardised({ data, shape }: HostRows, { mean, gain }: Standard): HostRows {
  const d = shape[1];
  const out = new Float32Array(data.length);
  for (let from = 0; from < data.length; from += d) {
    for (let k = 0; k < d; k++) out[from + k] = (gain[k] ?? 0) * ((data[from + k] ?? 0) - (mean[k] ?? 0));
  }
  return { data: out, shape };
}

/** @throws NonFiniteError naming the first row that holds NaN or infinity */
export function checkFinite({ data, shape }: HostRows, what: string): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new NonFiniteError(`${what}: row ${Math.floor(bad / shape[1])} holds a value that is not finite`);
}

import type { HostRows } from "../bank/rows.ts";
import { symmetricEigen } from "./eigen.ts";
import { covariance } from "./meters.ts";

export interface Pca {
  /** [N, 2]: coordinates along the first two principal components, about the mean. */
  readonly points: Float32Array;
  /** Shares of the variance that the two explain, 0 to 1. */
  readonly explained: readonly [number, number];
}

/**
 * The plane that shows most of features [N, D] (Pearson 1901), in float64. Repeatable: each component's largest entry is positive.
 * With D = 1 the second coordinate is 0.
 */
export function pca(features: HostRows): Pca {
  const [n, d] = features.shape;
  const { matrix, mean } = covariance(features);
  const { values, vectors } = symmetricEigen(matrix, d);
  const points = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    for (let axis = 0; axis < 2; axis++) {
      const along = vectors[axis];
      let sum = 0;
      if (along) for (let k = 0; k < d; k++) sum += ((features.data[i * d + k] ?? 0) - (mean[k] ?? 0)) * (along[k] ?? 0);
      points[2 * i + axis] = sum;
    }
  }
  const total = values.reduce((sum, v) => sum + Math.max(v, 0), 0);
  const share = (v: number | undefined): number => (total > 0 ? Math.max(v ?? 0, 0) / total : 0);
  return { points, explained: [share(values[0]), share(values[1])] };
}

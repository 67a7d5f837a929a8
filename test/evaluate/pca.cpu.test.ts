import { expect, test } from "vitest";
import { pca } from "../../src/evaluate/pca.ts";
import { numbers } from "./rows.ts";

test("finds the plane that the data lie in, with its variances", () => {
  // 3 u e1 + v e2 + a little along e3, about (5, -2, 1, 0), with e1, e2, e3 orthonormal.
  const [u, v, w] = [numbers(200, 1), numbers(200, 2), numbers(200, 3)];
  const [e1, e2, e3] = [
    [0.6, 0.8, 0, 0],
    [-0.8, 0.6, 0, 0],
    [0, 0, 0, 1],
  ] as const;
  const data = Float32Array.from({ length: 800 }, (_, at) => {
    const [i, k] = [at >> 2, at & 3];
    return [5, -2, 1, 0][k]! + 3 * u[i]! * e1[k]! + v[i]! * e2[k]! + 0.01 * w[i]! * e3[k]!;
  });
  const { points, explained } = pca({ data, shape: [200, 4] });
  expect(explained[0] + explained[1]).toBeGreaterThan(0.9999);
  expect(explained[0]).toBeGreaterThan(0.85);
  const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / x.length;
  // Coordinates along e1 and e2 (largest entry positive: e2's is -0.8, so it is turned round), up to the small tilt that the sample has.
  for (let i = 0; i < 200; i++) {
    expect(Math.abs(points[2 * i]! - 3 * (u[i]! - mean(u)))).toBeLessThan(0.15);
    expect(Math.abs(points[2 * i + 1]! + (v[i]! - mean(v)))).toBeLessThan(0.4);
  }
  expect(pca({ data, shape: [200, 4] }).points).toEqual(points);
});

test("one column, one row, no variance", () => {
  expect([...pca({ data: Float32Array.of(1, 3), shape: [2, 1] }).points]).toEqual([-1, 0, 1, 0]);
  expect(pca({ data: Float32Array.of(1, 2, 3), shape: [1, 3] })).toMatchObject({ explained: [0, 0], points: Float32Array.of(0, 0) });
});

import { expect, test } from "vitest";
import { symmetricEigen } from "../../src/evaluate/eigen.ts";
import { numbers } from "./rows.ts";

const symmetric = (n: number, seed: number): Float64Array => {
  const entry = numbers(n * n, seed);
  return Float64Array.from(
    { length: n * n },
    (_, at) => entry[Math.max(Math.floor(at / n), at % n) * n + Math.min(Math.floor(at / n), at % n)]!,
  );
};

test.each([1, 2, 3, 10, 41])("A v = lambda v, vectors orthonormal, largest first: n = %i", (n) => {
  const matrix = symmetric(n, n);
  const { values, vectors } = symmetricEigen(matrix, n);
  for (let i = 0; i < n; i++) {
    const v = vectors[i]!;
    for (let r = 0; r < n; r++) {
      const image = v.reduce((sum, x, c) => sum + matrix[r * n + c]! * x, 0);
      expect(image).toBeCloseTo(values[i]! * v[r]!, 10);
    }
    for (let j = 0; j <= i; j++) expect(v.reduce((sum, x, k) => sum + x * vectors[j]![k]!, 0)).toBeCloseTo(i === j ? 1 : 0, 10);
    if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1]!);
    expect(Math.max(...v)).toBeGreaterThanOrEqual(-Math.min(...v) - 1e-9);
  }
});

test("a diagonal matrix, a zero matrix and equal eigenvalues", () => {
  expect([...symmetricEigen(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3).values]).toEqual([3, 2, 1]);
  expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0]);
  // All ones: n once, 0 otherwise.
  const { values } = symmetricEigen(new Float64Array(36).fill(1), 6);
  expect(values[0]).toBeCloseTo(6, 12);
  for (const v of values.slice(1)) expect(v).toBeCloseTo(0, 12);
});

test("a matrix with NaN is refused, not looped over for ever", () => {
  expect(() => symmetricEigen(Float64Array.of(1, Number.NaN, Number.NaN, 1), 2)).toThrow(/NaN/);
});

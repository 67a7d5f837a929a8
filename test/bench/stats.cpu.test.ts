import { expect, test } from "vitest";
import { growth, median, p90, quantile, relativeError } from "../../bench/stats.ts";

test("medians and the 90 % quantile, between neighbours by proportion", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(p90(Array.from({ length: 11 }, (_, i) => i))).toBe(9);
  expect(p90([7])).toBe(7);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
  expect(() => median([])).toThrow(/nothing was timed/);
});

test("an error is relative to the largest expected value; what is not a number, or missing, is infinitely wrong", () => {
  expect(relativeError([1, 2.2, 0], [1, 2, 0])).toBeCloseTo(0.1, 12);
  expect(relativeError([0.5], [0])).toBe(0.5);
  expect(relativeError([0, 0], [0, 4])).toBe(1);
  expect(relativeError([1, Number.NaN], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
});

test("growth is the exponent of the power law", () => {
  const points = [1, 2, 4, 8].map((x) => [x, 3 * x ** 2] as const);
  expect(growth(points)).toBeCloseTo(2, 12);
  expect(growth([...points, [16, 3 * 256]])).toBeCloseTo(2, 12);
  expect(() => growth([[1, 1]])).toThrow(RangeError);
});

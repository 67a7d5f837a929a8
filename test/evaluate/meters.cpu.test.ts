import { describe, expect, test } from "vitest";
import type { HostRows } from "../../src/bank/rows.ts";
import {
  alignment,
  collapseWarning,
  covariance,
  effectiveRank,
  meanPairwiseCosine,
  predictionWarnings,
  spreadOf,
  uniformity,
} from "../../src/evaluate/meters.ts";
import { cosine, numbers, randomRows } from "./rows.ts";

const rows = (...list: number[][]): HostRows => ({ data: Float32Array.from(list.flat()), shape: [list.length, list[0]!.length] });

/** Mean over all pairs i < j. */
function overPairs(features: HostRows, value: (i: number, j: number) => number): number {
  const [n] = features.shape;
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) sum += value(i, j);
  return sum / ((n * (n - 1)) / 2);
}

test("mean pairwise cosine is that of all pairs, whatever the lengths of the rows", () => {
  const features = randomRows(37, 9, 1);
  expect(meanPairwiseCosine(features)).toBeCloseTo(
    overPairs(features, (i, j) => cosine(features, i, features, j)),
    10,
  );
  expect(meanPairwiseCosine(rows([1, 2], [2, 4], [3, 6]))).toBeCloseTo(1, 12);
  expect(meanPairwiseCosine(rows([1, 0], [-1, 0]))).toBeCloseTo(-1, 12);
  expect(meanPairwiseCosine(rows([1, 0], [0, 0], [0, 1]))).toBeCloseTo(0, 12);
  expect(meanPairwiseCosine(rows([1, 0]))).toBe(0);
});

describe("uniformity", () => {
  test("is log mean exp(-2 |x - y|^2) over all pairs", () => {
    const features = randomRows(40, 5, 2);
    const mean = overPairs(features, (i, j) => Math.exp(-2 * (2 - 2 * cosine(features, i, features, j))));
    expect(uniformity(features)).toBeCloseTo(Math.log(mean), 10);
    expect(uniformity(rows([1, 0], [2, 0], [5, 0]))).toBeCloseTo(0, 12);
  });

  test("of many rows is a repeatable estimate", () => {
    const features = randomRows(1500, 3, 3);
    const exact = Math.log(overPairs(features, (i, j) => Math.exp(-2 * (2 - 2 * cosine(features, i, features, j)))));
    expect(uniformity(features)).toBe(uniformity(features));
    expect(Math.abs(uniformity(features) - exact)).toBeLessThan(0.01);
  });
});

test("alignment: 0 for equal views, 2 for perpendicular ones, sizes must match", () => {
  const features = randomRows(10, 4, 4);
  expect(alignment(features, features)).toBe(0);
  expect(alignment(rows([1, 0], [0, 3]), rows([0, 2], [1, 0]))).toBeCloseTo(2, 12);
  expect(() => alignment(features, randomRows(9, 4, 5))).toThrow(/one shape.*\[10,4\] and \[9,4\]/);
});

test("covariance against its definition", () => {
  const features = randomRows(12, 3, 6);
  const { matrix, mean } = covariance(features);
  for (let k = 0; k < 3; k++) {
    for (let l = 0; l < 3; l++) {
      let sum = 0;
      for (let i = 0; i < 12; i++) sum += (features.data[3 * i + k]! - mean[k]!) * (features.data[3 * i + l]! - mean[l]!);
      expect(matrix[3 * k + l]).toBeCloseTo(sum / 12, 12);
    }
  }
});

test("effective rank: the number of directions used alike", () => {
  const axes = rows(...Array.from({ length: 8 }, (_, i) => Array.from({ length: 6 }, (_, k) => (i % 4 === k ? (i < 4 ? 1 : -1) : 0))));
  expect(effectiveRank(axes)).toBeCloseTo(4, 9);
  const line = numbers(20, 7);
  expect(effectiveRank(rows(...Array.from(line, (v) => [v, 2 * v, -v])))).toBeCloseTo(1, 4);
  expect(effectiveRank(rows([1, 2], [1, 2], [1, 2]))).toBe(0);
  expect(effectiveRank(randomRows(5000, 16, 8))).toBeGreaterThan(15.9);
});

describe("collapse warning", () => {
  const logN = Math.log(4000);
  test.each([
    [{ meanCosine: 0.06, loss: 3, logN }, undefined],
    [{ meanCosine: 0.3 }, undefined],
    [{ meanCosine: 0.98, loss: 3, logN }, /collapsed.*0\.98/],
    [{ meanCosine: 0.1, loss: 8.29, logN }, /guessing.*8\.29/],
    [{ meanCosine: 0.1, loss: 20, logN }, undefined], // NCE's loss is on another scale
    [{ meanCosine: 0.7 }, /drift.*0\.70/],
  ])("%j", (symptoms, expected) => {
    const warning = collapseWarning(symptoms);
    if (expected) expect(warning).toMatch(expected);
    else expect(warning).toBeUndefined();
  });
});

test("spread: effective rank, and the numbers that never change", () => {
  const few = rows(...Array.from({ length: 8 }, (_, i) => [i % 2, 5, i < 4 ? 0 : 1, 0]));
  expect(spreadOf(few)).toEqual({ rank: expect.closeTo(2, 9), dead: 2, dim: 4 });
  expect(spreadOf(rows([1, 2], [1, 2]))).toEqual({ rank: 0, dead: 2, dim: 2 });
  expect(spreadOf(randomRows(200, 6, 9)).dead).toBe(0);
});

describe("warnings of a prediction", () => {
  const well = { rank: 12, dead: 3, dim: 64 };
  test.each([
    [{ latents: well, contexts: well, loss: 4, chance: 7 }, []],
    [{ latents: well, contexts: well }, []],
    [{ latents: { ...well, rank: 1.2 }, contexts: well }, [/latents have collapsed: of 64 directions they use 1\.2/]],
    [{ latents: well, contexts: { ...well, dead: 40 } }, [/40 of 64 numbers of the contexts never change/]],
    [
      { latents: { rank: 0, dead: 64, dim: 64 }, contexts: well, loss: 6.99, chance: 7 },
      [/latents have collapsed/, /6\.99, is that of guessing/],
    ],
  ])("%j", (symptoms, expected) => {
    const found = predictionWarnings(symptoms);
    expect(found).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(found[i]).toMatch(pattern);
    });
  });
});

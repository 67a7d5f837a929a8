import { describe, expect, test } from "vitest";
import { stratifiedSplit } from "../../src/evaluate/split.ts";
import { standardised, standardOf } from "../../src/evaluate/standardise.ts";
import { randomRows } from "./rows.ts";

describe("stratifiedSplit", () => {
  const labels = Uint32Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : i < 95 ? 1 : i < 99 ? 2 : 3));

  test("holds out a share of every class, at least one row, never a whole class", () => {
    const { kept, heldOut } = stratifiedSplit(labels, 0.1, 1);
    expect([...kept, ...heldOut].sort((a, b) => a - b)).toEqual([...labels.keys()]);
    const count = (c: number) => heldOut.filter((i) => labels[i] === c).length;
    expect([0, 1, 2, 3].map(count)).toEqual([7, 3, 1, 0]);
    expect([...heldOut]).toEqual([...heldOut].sort((a, b) => a - b));
  });

  test("is a function of the seed", () => {
    expect(stratifiedSplit(labels, 0.3, 1)).toEqual(stratifiedSplit(labels, 0.3, 1));
    expect(stratifiedSplit(labels, 0.3, 1)).not.toEqual(stratifiedSplit(labels, 0.3, 2));
    expect(stratifiedSplit([0, 0, 1, 1], 0.9, 1).kept).toHaveLength(2);
  });

  test("what cannot be split", () => {
    expect(() => stratifiedSplit([0, 1, 2], 0.1, 1)).toThrow(/no class has two rows/);
    expect(() => stratifiedSplit([0, 0], 1, 1)).toThrow(/below 1, got 1/);
  });
});

describe("standardOf", () => {
  const rows = { ...randomRows(50, 4, 1) };
  const data = rows.data.map((v, i) => (i % 4 === 3 ? 5 : v * 10 ** (i % 4)));
  const varied = { data, shape: rows.shape };
  const column = (of: Float32Array, d: number) => Array.from({ length: 50 }, (_, i) => of[4 * i + d]!);
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const variance = (values: readonly number[]) => mean(values.map((v) => (v - mean(values)) ** 2));

  test("each: mean 0 and variance 1; a constant dimension becomes 0", () => {
    const out = standardised(varied, standardOf(varied, "each")).data;
    for (let d = 0; d < 4; d++) {
      expect(mean(column(out, d))).toBeCloseTo(0, 5);
      expect(variance(column(out, d))).toBeCloseTo(d === 3 ? 0 : 1, 5);
    }
  });

  test("common: centred, mean variance 1, the ratios kept", () => {
    const out = standardised(varied, standardOf(varied, "common")).data;
    const variances = [0, 1, 2, 3].map((d) => variance(column(out, d)));
    expect(mean(variances)).toBeCloseTo(1, 5);
    expect(variances[2]! / variances[1]!).toBeCloseTo(variance(column(data, 2)) / variance(column(data, 1)), 2);
  });

  test("none: nothing; all rows equal: zeros; NaN is named", () => {
    expect(standardised(varied, standardOf(varied, "none")).data).toEqual(varied.data);
    const flat = { data: new Float32Array(12).fill(2), shape: [3, 4] as const };
    for (const how of ["common", "each"] as const) expect([...standardised(flat, standardOf(flat, how)).data]).toEqual(Array(12).fill(0));
    const broken = { data: Float32Array.of(1, 2, Number.POSITIVE_INFINITY, 4), shape: [2, 2] as const };
    expect(() => standardOf(broken, "common")).toThrow(/features: row 1/);
  });
});

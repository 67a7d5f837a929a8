import { describe, expect, test } from "vitest";
import { kmeans, nmi } from "../../src/evaluate/clustering.ts";
import { numbers, randomRows } from "./rows.ts";

/** Clouds around `k` corners. */
function clouds(n: number, k: number) {
  const noise = numbers(n * k, 3);
  const data = Float32Array.from(noise, (v, at) => 0.2 * v + (at % k === Math.floor(at / k) % k ? 2 : 0));
  return { rows: { data, shape: [n, k] as const }, labels: Array.from({ length: n }, (_, i) => i % k) };
}

describe("kmeans", () => {
  test.each([1, 2, 5, 9])("finds %i clouds", (k) => {
    const { rows, labels } = clouds(60, k);
    const { assignment, centres, inertia } = kmeans(rows, k);
    expect(nmi(assignment, labels)).toBeCloseTo(1, 12);
    expect(inertia / 60).toBeLessThan(0.04 * k);
    for (const [i, label] of labels.entries()) expect(centres[assignment[i]! * k + label]).toBeGreaterThan(1.7);
  });

  test("every row is with its nearest centre, every centre is the mean of its rows, the inertia is theirs", () => {
    const rows = randomRows(80, 3, 5);
    const { assignment, centres, inertia } = kmeans(rows, 6, { restarts: 3 });
    const distance = (i: number, k: number) => [0, 1, 2].reduce((sum, d) => sum + (rows.data[3 * i + d]! - centres[3 * k + d]!) ** 2, 0);
    let total = 0;
    for (let i = 0; i < 80; i++) {
      total += distance(i, assignment[i]!);
      for (let k = 0; k < 6; k++) expect(distance(i, assignment[i]!)).toBeLessThanOrEqual(distance(i, k));
    }
    expect(inertia).toBeCloseTo(total, 10);
    for (let k = 0; k < 6; k++) {
      const own = [...assignment.keys()].filter((i) => assignment[i] === k);
      for (let d = 0; d < 3; d++) {
        expect(centres[3 * k + d]).toBeCloseTo(own.reduce((sum, i) => sum + rows.data[3 * i + d]!, 0) / own.length, 10);
      }
    }
  });

  test("a function of the seed; more starts never give looser clusters", () => {
    const rows = randomRows(100, 4, 6);
    expect(kmeans(rows, 8, { seed: 4 })).toEqual(kmeans(rows, 8, { seed: 4 }));
    const one = kmeans(rows, 8, { restarts: 1 }).inertia;
    expect(kmeans(rows, 8, { restarts: 10 }).inertia).toBeLessThanOrEqual(one);
  });

  test("as many clusters as rows, and rows that are all the same", () => {
    expect(new Set(kmeans(randomRows(7, 2, 7), 7).assignment).size).toBe(7);
    const same = { data: new Float32Array(12).fill(1), shape: [6, 2] as const };
    const { inertia, assignment } = kmeans(same, 3);
    expect(inertia).toBe(0);
    expect(Math.max(...assignment)).toBeLessThan(3);
  });

  test("what cannot be clustered", () => {
    expect(() => kmeans(randomRows(3, 2, 1), 4)).toThrow(/K: expected an integer of 1 or more and at most 3, got 4/);
    expect(() => kmeans(randomRows(3, 2, 1), 2, { restart: 1 } as object)).toThrow(/unknown option "restart"/);
    expect(() => kmeans({ data: Float32Array.of(1, Number.NaN), shape: [2, 1] }, 1)).toThrow(/kmeans: row 1/);
  });
});

describe("nmi", () => {
  test("by hand", () => {
    // H(a) = ln 2, H(b) = 1.5 ln 2 (shares 1/2, 1/4, 1/4), b tells a: I = ln 2. 2 ln 2 / (2.5 ln 2) = 0.8.
    expect(nmi([0, 0, 1, 1], [5, 5, 6, 7])).toBeCloseTo(0.8, 12);
    // Joint shares 2/5, 1/5, 2/5 of (0,0), (0,1), (1,1); margins 3/5 2/5 and 2/5 3/5.
    const h = -(0.6 * Math.log(0.6) + 0.4 * Math.log(0.4));
    const shared = 0.4 * Math.log(0.4 / 0.24) + 0.2 * Math.log(0.2 / 0.36) + 0.4 * Math.log(0.4 / 0.24);
    expect(nmi([0, 0, 0, 1, 1], [0, 0, 1, 1, 1])).toBeCloseTo(shared / h, 12);
  });

  test("limits: the same partition under other names, nothing in common, one class", () => {
    expect(nmi([0, 1, 2, 0], [9, 4, 7, 9])).toBeCloseTo(1, 12);
    expect(nmi([0, 0, 1, 1], [0, 1, 0, 1])).toBeCloseTo(0, 12);
    expect(nmi([0, 0, 0], [1, 2, 3])).toBe(0);
    expect(nmi([0, 0, 0], [4, 4, 4])).toBe(1);
    expect(() => nmi([0], [0, 1])).toThrow(/got 1 and 2/);
    expect(() => nmi([], [])).toThrow(/no rows/);
  });
});

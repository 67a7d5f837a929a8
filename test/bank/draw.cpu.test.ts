import { expect, test } from "vitest";
import { drawNegatives } from "../../src/bank/draw.ts";

const index = Uint32Array.from({ length: 32 }, (_, b) => (11 * b) % 40);

test("uniform over the other rows, never the positive", () => {
  const drawn = drawNegatives(index, { seed: 1, step: 2, rows: 40, count: 1000 });
  const counts = new Array(40).fill(0);
  drawn.forEach((j, i) => {
    expect(j).not.toBe(index[Math.floor(i / 1000)]);
    counts[j]++;
  });
  // 32,000 draws: about 800 a row, deviation 28; a row that is a positive misses one anchor's 1,000 / 39.
  expect(Math.min(...counts)).toBeGreaterThan(650);
  expect(Math.max(...counts)).toBeLessThan(950);
});

test("the positive is drawn like any other when it is kept", () => {
  const drawn = drawNegatives(index, { seed: 1, step: 2, rows: 40, count: 1000, keepPositive: true });
  const own = drawn.filter((j, i) => j === index[Math.floor(i / 1000)]).length;
  expect(own).toBeGreaterThan(650);
  expect(own).toBeLessThan(950);
});

test("seeds, steps and anchors differ; the same three give the same rows", () => {
  const options = { seed: 1, step: 2, rows: 1000, count: 64 };
  const drawn = drawNegatives([5, 5], options);
  expect(drawNegatives([5, 5], options)).toEqual(drawn);
  expect(drawNegatives([5, 5], { ...options, step: 3 })).not.toEqual(drawn);
  expect(drawNegatives([5, 5], { ...options, seed: 2 })).not.toEqual(drawn);
  expect(drawn.slice(0, 64)).not.toEqual(drawn.slice(64));
});

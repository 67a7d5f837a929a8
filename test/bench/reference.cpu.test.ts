import { expect, test } from "vitest";
import { CASES } from "../../bench/cases/index.ts";
import { noise, uniform, unitRows } from "../../bench/noise.ts";
import { batchNorm, channelNorm, conv2d, meanPool } from "../../bench/reference/conv.ts";
import { addRow, logSumExp, mask, matmul, pairs, sumLast, unit } from "../../bench/reference/dense.ts";
import { add, affine, concat, map, mul, RefTape, relu, sigmoid, softplus, sum, tanh, type Value } from "../../bench/reference/tape.ts";

/** Compares the tape's gradient of sum(f(x) * r) with central differences at every element. */
function checkGradient(shape: readonly number[], f: (x: Value) => Value): void {
  const count = shape.reduce((a, b) => a * b, 1);
  const start = Float64Array.from(uniform(5, count));
  const project = (data: Float64Array) => {
    const x = new RefTape().leaf(shape, data);
    const y = f(x);
    const next = noise(6);
    const seed = Float64Array.from({ length: y.size }, next);
    return { x, y, seed, total: y.data.reduce((total, value, i) => total + value * seed[i]!, 0) };
  };
  const { x, y, seed } = project(start);
  x.tape.backward(y, seed);
  const h = 1e-5;
  for (let i = 0; i < count; i++) {
    const moved = (by: number) => project(start.with(i, start[i]! + by)).total;
    expect(x.grad[i]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 6);
  }
}

const other = (x: Value, shape: readonly number[], seed = 7) =>
  x.tape.leaf(
    shape,
    uniform(
      seed,
      shape.reduce((a, b) => a * b, 1),
    ),
  );

test.each<[string, readonly number[], (x: Value) => Value]>([
  ["a b", [3, 4], (x) => matmul(x, other(x, [4, 5]))],
  ["a^T b", [4, 3], (x) => matmul(x, other(x, [4, 5]), { ta: true })],
  ["a b^T, by b", [5, 4], (x) => matmul(other(x, [3, 4]), x, { tb: true })],
  ["inner products with picked rows", [2, 4], (x) => pairs(x, uniform(8, 20), [0, 4, 2, 2, 1, 3])],
  ["rows of length 1", [3, 4], unit],
  ["log-sum-exp", [3, 4], logSumExp],
  ["log-sum-exp where some are masked", [3, 4], (x) => logSumExp(mask(x, (i) => i % 5 === 0))],
  ["a row added", [4], (x) => addRow(other(x, [3, 4]), x)],
  ["sums", [3, 4], (x) => mul(sumLast(x), sumLast(mul(x, x)))],
  ["several below each other", [2, 3], (x) => concat([x, affine(x, 2, 1), mul(x, x)])],
  ["a convolution, by its input", [2, 2, 5, 4], (x) => conv2d(x, other(x, [3, 2, 3, 3]), { stride: 2, padding: 1 })],
  ["a convolution, by its weight", [3, 2, 3, 3], (x) => conv2d(other(x, [2, 2, 5, 4]), x, { stride: 1, padding: 1 })],
  ["a convolution of sequences", [1, 2, 1, 9], (x) => conv2d(x, other(x, [2, 2, 1, 4]), { stride: 2, padding: 1 })],
  ["a batch norm", [3, 2, 4], (x) => batchNorm(x, other(x, [2]), other(x, [2], 9))],
  ["a channel norm", [2, 3, 2], (x) => channelNorm(x, other(x, [3]), other(x, [3], 9))],
  ["means over pixels", [2, 3, 2, 2], (x) => mul(meanPool(x), meanPool(mul(x, x)))],
  ["functions", [12], (x) => add(add(tanh(x), sigmoid(x)), add(softplus(x), relu(x)))],
])("the reference's gradient of %s is that of differences", (_, shape, f) => checkGradient(shape, f));

test("log-sum-exp does not overflow", () => {
  const x = new RefTape().leaf([1, 2], [1000, 1000]);
  expect(logSumExp(x).data[0]).toBeCloseTo(1000 + Math.LN2, 10);
  expect(softplus(new RefTape().leaf([1], [-800])).data[0]).toBe(0);
});

test("what is not on the way to the loss gets no gradient", () => {
  const tape = new RefTape();
  const [a, b] = [tape.leaf([2], [1, 2]), tape.leaf([2], [3, 4])];
  map(b, Math.exp, (_, y) => y);
  tape.backward(sum(a));
  expect([...a.grad]).toEqual([1, 1]);
  expect([...b.grad]).toEqual([0, 0]);
});

test("inputs are the same at every run, and unit rows have length 1", () => {
  expect(uniform(1, 4)).toEqual(uniform(1, 4));
  expect(uniform(1, 4)).not.toEqual(uniform(2, 4));
  const rows = unitRows(3, 5, 7);
  for (let r = 0; r < 5; r++) expect(Math.hypot(...rows.subarray(7 * r, 7 * r + 7))).toBeCloseTo(1, 6);
});

test("batch norm and channel norm standardise, with the biased and the unbiased variance", () => {
  const tape = new RefTape();
  const vector = (values: readonly number[]) => tape.leaf([values.length], values);
  const y = batchNorm(tape.leaf([2, 1], [1, 3]), vector([2]), vector([5]), 0);
  expect([...y.data]).toEqual([3, 7]);
  const z = channelNorm(tape.leaf([1, 2, 1], [1, 3]), vector([1, 1]), vector([0, 0]), 0);
  expect(z.data[1]).toBeCloseTo(Math.SQRT1_2, 12);
});

test.each(CASES.map((bench) => [bench.name, bench] as const))("the reference of %s is finite at its small size", (_, bench) => {
  const size = bench.sizes.find(({ set }) => set === "small")!.size;
  const results = Object.entries(bench.reference(size, bench.inputs(size)));
  expect(results.length).toBeGreaterThan(0);
  for (const [name, values] of results) {
    expect(values.length, name).toBeGreaterThan(0);
    expect(Array.from(values).every(Number.isFinite) && Array.from(values).some((value) => value !== 0), name).toBe(true);
  }
  expect(bench.flops(size)).toBeGreaterThan(0);
});

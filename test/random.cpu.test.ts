import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  indexBelow,
  Purpose,
  permutation,
  randomBelow,
  randomF32,
  randomNormal,
  randomStream,
  randomU32,
  randomVec4,
  unitF32,
} from "../src/random.ts";

/** Chi-square statistic of counts against a uniform distribution, as standard deviations from its mean: |z| < 4.5 unless something is wrong. */
function chiSquareZ(counts: ArrayLike<number>): number {
  const n = counts.length;
  const total = Array.from(counts).reduce((a, b) => a + b, 0);
  const chi = Array.from(counts).reduce((sum, c) => sum + (c - total / n) ** 2 / (total / n), 0);
  return (chi - (n - 1)) / Math.sqrt(2 * (n - 1));
}

/** Chi-square of the joint distribution of two sequences, 32 x 32 bins: finds any dependence of their top (or low) five bits. */
function pairZ(draw: (i: number) => readonly [number, number], shift: number): number {
  const counts = new Uint32Array(1024);
  for (let i = 0; i < 200_000; i++) {
    const [left, right] = draw(i);
    counts[((left >>> shift) & 31) * 32 + ((right >>> shift) & 31)]! += 1;
  }
  return chiSquareZ(counts);
}

test.each([
  ["lanes", (i: number) => randomU32(1, 2, 3, i)],
  ["rows", (i: number) => randomU32(1, 2, i, 3)],
  ["steps", (i: number) => randomU32(1, i, 2, 3)],
  ["seeds", (i: number) => randomU32(randomStream(i, Purpose.init), 0, 0, 0)],
  ["strided lanes", (i: number) => randomU32(0, 0, 0, i * 4096)],
  ["rows and lanes together", (i: number) => randomU32(5, 0, i & 255, i >>> 8)],
])("counting %s up gives uniform bytes", (_, draw) => {
  for (const shift of [24, 16, 8, 0]) {
    const counts = new Uint32Array(256);
    for (let i = 0; i < 200_000; i++) counts[(draw(i) >>> shift) & 255]! += 1;
    expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4.5);
  }
});

test.each<[string, (i: number) => readonly [number, number]]>([
  ["lanes", (i) => [randomU32(1, 2, 3, i), randomU32(1, 2, 3, i + 1)]],
  ["rows", (i) => [randomU32(1, 2, 3, i), randomU32(1, 2, 4, i)]],
  ["steps", (i) => [randomU32(1, 2, 3, i), randomU32(1, 3, 3, i)]],
  ["seeds", (i) => [randomU32(randomStream(1, 1), 2, 3, i), randomU32(randomStream(2, 1), 2, 3, i)]],
  ["seeds 2^31 apart", (i) => [randomU32(1, 2, 3, i), randomU32(0x80000001, 2, 3, i)]],
  ["purposes", (i) => [randomU32(randomStream(1, 1), 2, 3, i), randomU32(randomStream(1, 2), 2, 3, i)]],
  ["swapped counters", (i) => [randomU32(1, 2, i, 3), randomU32(1, 2, 3, i)]],
  ["words of one draw", (i) => [randomVec4(1, 2, 3, i)[0], randomVec4(1, 2, 3, i)[1]]],
  ["other words of one draw", (i) => [randomVec4(1, 2, 3, i)[2], randomVec4(1, 2, 3, i)[3]]],
])("neighbouring %s are independent", (_, draw) => {
  for (const shift of [27, 13, 0]) expect(Math.abs(pairZ(draw, shift))).toBeLessThan(4.5);
});

test("every input bit flips every output bit half of the time", () => {
  const trials = 2000;
  let worst = 0;
  for (let input = 0; input < 128; input++) {
    const flips = new Uint32Array(128);
    for (let i = 0; i < trials; i++) {
      const from = [i % 5, (i * 7) % 1000, i % 64, i];
      const to = from.map((v, word) => (word === input >>> 5 ? v ^ (1 << (input & 31)) : v));
      const a = randomVec4(from[0]!, from[1]!, from[2]!, from[3]!);
      const b = randomVec4(to[0]!, to[1]!, to[2]!, to[3]!);
      for (let bit = 0; bit < 128; bit++) flips[bit]! += ((a[bit >>> 5]! ^ b[bit >>> 5]!) >>> (bit & 31)) & 1;
    }
    for (const count of flips) worst = Math.max(worst, Math.abs(count / trials - 0.5));
  }
  // The standard deviation of one cell is 0.011; the published two rounds give 0.5 (never flips) in many cells.
  expect(worst).toBeLessThan(0.1);
});

test("indices are uniform, within range, and exact at the edges", () => {
  const counts = new Uint32Array(1000);
  for (let i = 0; i < 500_000; i++) counts[randomBelow(1000, 4, 0, 0, i)]! += 1;
  expect(Math.abs(chiSquareZ(counts))).toBeLessThan(4.5);
  for (const bits of [0, 1, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0xdeadbeef])
    for (const n of [0, 1, 2, 3, 10, 0xffff, 0x10000, 50_000, 1_281_167, 0x7fffffff, 0x80000001, 0xffffffff])
      expect(indexBelow(bits, n)).toBe(Number((BigInt(bits) * BigInt(n)) >> 32n));
});

test("unit numbers lie in [0, 1) and are float32 numbers", () => {
  expect(unitF32(0)).toBe(0);
  expect(unitF32(0xffffffff)).toBeLessThan(1);
  let sum = 0;
  for (let i = 0; i < 100_000; i++) {
    const u = randomF32(3, 1, 4, i);
    expect(u === Math.fround(u) && u >= 0 && u < 1).toBe(true);
    sum += u;
  }
  expect(sum / 100_000).toBeCloseTo(0.5, 2);
});

test("normal numbers have the moments and tails of a normal distribution", () => {
  const n = 400_000;
  const moments = [0, 0, 0, 0];
  let beyond2 = 0;
  for (let i = 0; i < n; i++) {
    const z = randomNormal(8, 0, i & 7, i >>> 3);
    for (let k = 0; k < 4; k++) moments[k]! += z ** (k + 1) / n;
    if (Math.abs(z) > 2) beyond2 += 1 / n;
  }
  // Standard errors: 0.0016, 0.0022, 0.006, 0.016.
  expect(Math.abs(moments[0]!)).toBeLessThan(0.007);
  expect(Math.abs(moments[1]! - 1)).toBeLessThan(0.01);
  expect(Math.abs(moments[2]!)).toBeLessThan(0.028);
  expect(Math.abs(moments[3]! - 3)).toBeLessThan(0.07);
  expect(Math.abs(beyond2 - 0.0455)).toBeLessThan(0.0015);
});

test("a permutation holds every index once, repeats with its seed and epoch, and changes with either", () => {
  for (const n of [0, 1, 2, 1000]) expect([...permutation(n, 5, 3)].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  expect(permutation(1000, 5, 3)).toEqual(permutation(1000, 5, 3));
  expect(permutation(1000, 5, 4)).not.toEqual(permutation(1000, 5, 3));
  expect(permutation(1000, 6, 3)).not.toEqual(permutation(1000, 5, 3));
});

test("the 24 orders of four samples are equally likely", () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 48_000; epoch++) {
    const order = permutation(4, 1, epoch).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  expect(Math.abs(chiSquareZ([...counts.values()]))).toBeLessThan(4.5);
});

test("the purposes of WGSL and TypeScript are the same, and none is used twice", () => {
  const library = readFileSync(new URL("../shaders/lib/random.wgsl", import.meta.url), "utf8");
  const wgsl = [...library.matchAll(/const PURPOSE_(\w+): u32 = (\d+)u;/g)].map(([, name = "", value]) => [
    name.toLowerCase(),
    Number(value),
  ]);
  expect(Object.fromEntries(wgsl)).toEqual(Purpose);
  expect(new Set(Object.values(Purpose).map((p) => randomStream(123, p))).size).toBe(wgsl.length);
});

test("known answers: a change of the generator would change every published run", () => {
  expect([randomU32(0, 0, 0, 0), randomU32(1, 2, 3, 4), randomU32(0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff)]).toEqual([
    3815617745, 981545671, 1661064686,
  ]);
});

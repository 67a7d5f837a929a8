import { describe, expect, it } from "vitest";
import { ShapeError } from "../../src/errors.ts";
import { dimension, type KernelSpec } from "../../src/gpu/kernel.ts";
import { checkLaunch, type Launch, packParams, split } from "../../src/gpu/launch.ts";
import { Slot } from "../../src/gpu/slot.ts";

const kernel = {
  name: "scores",
  file: "shaders/scores.wgsl",
  code: "",
  bindings: {
    q: { binding: 1, access: "read", elem: "f32", shape: ["B", "D"], line: 2 },
    y: { binding: 2, access: "read_write", elem: "f32", shape: ["B", "K+1"], line: 2 },
  },
  paramsBinding: 0,
  params: {
    B: "u32",
    D: "u32",
    K: "u32",
    t: "f32",
    x0: "u32",
  },
  paramsBytes: 32,
  stepBinding: null,
  overrides: { WG: 64 },
  workgroup: ["WG", 1, 1],
} as const satisfies KernelSpec;

const operand = (...shape: number[]) => ({ slot: new Slot("s", 4 * shape.reduce((a, b) => a * b, 1)), shape, dtype: "f32" as const });
const launch = (change: Partial<Launch> = {}): Launch => ({
  kernel,
  operands: { q: operand(2, 3), y: operand(2, 5) },
  params: { B: 2, D: 3, K: 4, t: 0.1 },
  overrides: {},
  grid: [10, 1, 1],
  flops: 0,
  ...change,
});

describe("dimension", () => {
  it("evaluates sums, products and quotients that round up", () => {
    expect(dimension("2*B*S+1", { B: 3, S: 4 })).toBe(25);
    expect(dimension("P/4", { P: 9 })).toBe(3);
    expect(() => dimension("Q", {})).toThrow('unknown dimension "Q"');
  });
});

describe("checkLaunch", () => {
  it("accepts what matches the shape lines", () => expect(() => checkLaunch(launch())).not.toThrow());

  it.each([
    [
      { operands: { q: operand(2, 3), y: operand(2, 4) } },
      /`y` is f32\[2,4\] \(8 elements\), but y: f32\[B,K\+1\] needs 10 .*scores.wgsl:2/,
    ],
    [{ operands: { q: { ...operand(2, 3), dtype: "u32" as const }, y: operand(2, 5) } }, /`q` is u32/],
    [{ operands: { q: operand(2, 3) } }, /operands missing \[y\]/],
    [{ operands: { q: operand(2, 3), y: operand(2, 5), z: operand(1) } }, /unknown \[z\]/],
    [{ params: { B: 2, D: 3, K: 4 } }, /parameters missing \[t\]/],
    [{ params: { B: 2, D: 3, K: 4, t: Number.NaN } }, /`t` is f32, got NaN/],
    [{ params: { B: 2.5, D: 3, K: 4, t: 1 } }, /`B` is u32, got 2.5/],
    [{ params: { B: -1, D: 3, K: 4, t: 1 } }, /`B` is u32, got -1/],
    [{ overrides: { TILE: 8 } }, /no override `TILE`/],
  ])("refuses %o", (change, message) => {
    expect(() => checkLaunch(launch(change as Partial<Launch>))).toThrow(ShapeError);
    expect(() => checkLaunch(launch(change as Partial<Launch>))).toThrow(message);
  });
});

describe("split", () => {
  it("leaves short work whole", () => expect(split(launch({ flops: 5 }), 10)).toHaveLength(1));

  it("cuts long work so that every dispatch keeps to the budget, and covers every workgroup once", () => {
    const parts = split(launch({ flops: 1000 }), 300);
    expect(parts.map((p) => p.grid[0])).toEqual([3, 3, 3, 1]);
    expect(parts.map((p) => p.origin[0])).toEqual([0, 3, 6, 9]);
    for (const part of parts) expect((part.grid[0] / 10) * 1000).toBeLessThanOrEqual(300);
  });

  it("lifts the limit of 65,535 workgroups", () => {
    const parts = split(launch({ grid: [200_000, 1, 1] }), Number.POSITIVE_INFINITY);
    expect(parts.reduce((n, p) => n + p.grid[0], 0)).toBe(200_000);
    for (const part of parts) expect(part.grid[0]).toBeLessThanOrEqual(65535);
  });

  it("cuts as finely as it can when that is nearly enough", () => {
    expect(split(launch({ grid: [2, 1, 1], flops: 60 }), 10)).toHaveLength(2);
  });

  it("refuses what it cannot cut", () => {
    expect(() => split(launch({ grid: [1, 1, 1], flops: 100 }), 10)).toThrow(/cannot be cut/);
    expect(() => split(launch({ grid: [1, 70_000, 1] }), 10)).toThrow(/has no y0/);
  });

  it("tells each dispatch where it starts", () => {
    const words = new DataView(packParams(launch(), { origin: [7, 0, 0], grid: [1, 1, 1] }));
    expect([words.getUint32(0, true), words.getUint32(8, true), words.getUint32(16, true)]).toEqual([2, 4, 7]);
    expect(words.getFloat32(12, true)).toBeCloseTo(0.1);
  });
});

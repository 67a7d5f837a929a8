import { describe, expect, test } from "vitest";
import { MemoryBank } from "../../src/bank/memory_bank.ts";
import { UsageError } from "../../src/errors.ts";
import { readBytes, writeBytes } from "../../src/gpu/layout.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { logSum } from "../contrast_cases.ts";
import { instDiscBench, moved, unitRows } from "../contrast_run.ts";
import { testGpu } from "../host.ts";

const lengths = (rows: Float32Array, D: number) =>
  Array.from({ length: rows.length / D }, (_, n) => Math.hypot(...rows.slice(n * D, (n + 1) * D)));

describe("start values", () => {
  test.each(["unit", "features", "uniform"] as const)("%s", async (start) => {
    const [N, D] = [300, 64];
    const make = async (seed: number) => new MemoryBank(await testGpu(), { rows: N, dim: D, start, seed }).rows();
    const rows = await make(1);
    expect(await make(1)).toEqual(rows);
    expect(await make(2)).not.toEqual(rows);
    const [shortest, longest] = [Math.min(...lengths(rows, D)), Math.max(...lengths(rows, D))];
    const mean = rows.reduce((sum, x) => sum + x, 0) / rows.length;
    expect(Math.abs(mean)).toBeLessThan(0.004); // 19,200 numbers of deviation 1/8
    if (start === "uniform") {
      const half = Math.sqrt(3 / D);
      expect(rows.every((x) => Math.abs(x) <= half)).toBe(true);
      expect(Math.max(...rows)).toBeGreaterThan(0.99 * half);
      expect(longest - shortest).toBeGreaterThan(0.1);
    } else {
      expect(shortest).toBeGreaterThan(1 - 1e-6);
      expect(longest).toBeLessThan(1 + 1e-6);
    }
  });
});

test("fill replaces rows by unit features, update blends; other rows stay", async () => {
  const [N, D, B] = [11, 12, 3];
  const gpu = await testGpu();
  const bank = new MemoryBank(gpu, { rows: N, dim: D, momentum: 0.75, start: "unit" });
  const before = await bank.rows();
  const plan = new Plan(gpu, "bank writes");
  const [a, b] = [plan.input("a", [B, D]), plan.input("b", [B, D])];
  const index = plan.input("index", [B], "u32");
  const tape = openTape(plan, false);
  bank.fill(tape, index, new Tensor(a.slot, a.shape));
  bank.update(tape, index, new Tensor(b.slot, b.shape));
  await plan.open();
  const [x, y] = [unitRows(B, D, 20).map((v) => 3 * v), unitRows(B, D, 21)];
  const rows = Uint32Array.of(10, 0, 5);
  plan.run(undefined, [
    [a, x],
    [b, y],
    [index, rows],
  ]);
  const want = Float32Array.from(before);
  rows.forEach((row, i) => {
    const filled = moved(new Float32Array(D), x.slice(i * D, (i + 1) * D), 0);
    want.set(moved(filled, y.slice(i * D, (i + 1) * D), 0.75), row * D);
  });
  expect(relativeError(await bank.rows(), want)).toBeLessThan(1e-6);
  plan.close();
  bank.destroy();
});

test("row numbers of a batch are checked", async () => {
  const bank = new MemoryBank(await testGpu(), { rows: 4, dim: 4 });
  bank.check([3, 0, 1]);
  expect(() => bank.check([1, 2, 1])).toThrow(/row 1 twice/);
  expect(() => bank.check([4])).toThrow(/0 to 3/);
  expect(() => bank.check([-1])).toThrow(UsageError);
});

describe("the normaliser Z", () => {
  const [B, N, D, K, T] = [6, 40, 16, 12, 0.3];
  const bankRows = unitRows(N, D, 30);
  const index = Uint32Array.from({ length: B }, (_, b) => 5 * b);
  const features = [unitRows(B, D, 31), unitRows(B, D, 32)];
  const negatives = Uint32Array.from({ length: B * K }, (_, i) => (i * 7 + 1) % N);
  const options = { mode: "nce", temperature: T, momentum: 0.5 } as const;

  /** mean of exp(v . w / T) over pairs of anchor and row, times N. */
  function zOf(v: Float32Array, rows: Float32Array, candidates: (b: number) => number[]): number {
    const scores = Array.from({ length: B }, (_, b) =>
      candidates(b).map((j) => Array.from({ length: D }, (_, d) => v[b * D + d]! * rows[j * D + d]!).reduce((s, x) => s + x, 0) / T),
    ).flat();
    return (N * Math.exp(logSum(scores))) / scores.length;
  }
  const sampled = (b: number) => [index[b]!, ...negatives.slice(K * b, K * (b + 1))];
  const all = () => Array.from({ length: N }, (_, j) => j);

  async function zAfterEachStep(normalizer: NonNullable<Parameters<typeof instDiscBench>[4]["normalizer"]>) {
    const bench = await instDiscBench(await testGpu(), B, bankRows, D, { ...options, normalizer }, K);
    const found: (number | undefined)[] = [await bench.objective.bank.z()];
    const memory: Float32Array[] = [];
    for (const v of [...features, features[0]!]) {
      memory.push(await bench.objective.bank.rows());
      await bench.run(v, index, negatives);
      found.push(await bench.objective.bank.z());
    }
    bench.close();
    return { found, memory };
  }

  test("first batch: its own mean from the first step on, then constant", async () => {
    const { found } = await zAfterEachStep({ kind: "first-batch" });
    expect(found[0]).toBeUndefined();
    expect(relativeError([found[1]!], [zOf(features[0]!, bankRows, sampled)])).toBeLessThan(1e-5);
    expect(found[2]).toBe(found[1]);
    expect(found[3]).toBe(found[1]);
  });

  test("average: moves a little with every batch", async () => {
    const { found, memory } = await zAfterEachStep({ kind: "average", rate: 0.25 });
    const [z0, z1] = [zOf(features[0]!, bankRows, sampled), zOf(features[1]!, memory[1]!, sampled)];
    expect(relativeError([found[1]!], [z0])).toBeLessThan(1e-5);
    expect(relativeError([found[2]!], [0.75 * z0 + 0.25 * z1])).toBeLessThan(1e-5);
  });

  test("exact: a sweep over the whole bank at every second step", async () => {
    const { found, memory } = await zAfterEachStep({ kind: "exact", every: 2 });
    expect(relativeError([found[1]!], [zOf(features[0]!, bankRows, all)])).toBeLessThan(1e-5);
    expect(found[2]).toBe(found[1]);
    expect(relativeError([found[3]!], [zOf(features[0]!, memory[2]!, all)])).toBeLessThan(1e-5);
  });

  test("given: stays", async () => {
    const { found } = await zAfterEachStep({ kind: "given", value: 123 });
    for (const z of found) expect(relativeError([z!], [123])).toBeLessThan(1e-6);
  });

  test("state holds rows and Z, and a bank restored from it goes on with the same bits", async () => {
    const gpu = await testGpu();
    const first = await instDiscBench(gpu, B, bankRows, D, options, K);
    await first.run(features[0]!, index, negatives);
    const second = await instDiscBench(gpu, B, unitRows(N, D, 33), D, options, K);
    const [from, to] = [first.objective.state(), second.objective.state()];
    expect(Object.keys(from)).toEqual(["bank.rows", "bank.normalizer"]);
    for (const [name, operand] of Object.entries(from)) writeBytes(to[name]!, await readBytes(operand));
    const [a, b] = [await first.run(features[1]!, index, negatives), await second.run(features[1]!, index, negatives)];
    expect(b.loss).toBe(a.loss);
    expect(b.gradient).toEqual(a.gradient);
    expect(await second.objective.bank.rows()).toEqual(await first.objective.bank.rows());
    first.close();
    second.close();
  });
});

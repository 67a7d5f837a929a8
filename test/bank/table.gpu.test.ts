import { describe, expect, test } from "vitest";
import { MemoryBank } from "../../src/bank/memory_bank.ts";
import { nearest } from "../../src/bank/nearest.ts";
import { CHUNK } from "../../src/bank/rows.ts";
import { PRECISIONS, type Precision, Table } from "../../src/bank/table.ts";
import { OutOfGpuMemoryError, UsageError } from "../../src/errors.ts";
import { fromHalf, toHalf } from "../../src/formats/half.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { openTape } from "../../src/ops/tape.ts";
import { cmcBench } from "../cmc_run.ts";
import { instDiscBench, unitRows } from "../contrast_run.ts";
import { testGpu, withLimits } from "../host.ts";

/** A device whose bindings reach 32 KiB: banks of more are sharded, and nothing else here is as large. */
const SMALL = 2 ** 15;
const smallGpu = async (bytes = SMALL): Promise<Gpu> => withLimits(await testGpu(), { maxStorageBufferBindingSize: bytes });
const roundedTo = (precision: Precision, rows: Float32Array) => (precision === "f16" ? fromHalf(toHalf(rows)) : rows);

describe.each(PRECISIONS)("a table of %s", (precision) => {
  test.each([
    ["one binding", 40, 12, 1],
    ["shards that end within a row", 1025, 36, precision === "f16" ? 3 : 5],
  ])("gives back what was written: %s", async (_, N, D, shards) => {
    const table = new Table(await smallGpu(), "table", "bank", [N, D], precision);
    const rows = unitRows(N, D, 1);
    table.write(rows);
    expect(await table.read()).toEqual(roundedTo(precision, rows));
    expect(1 + (table.operand.layout?.more.length ?? 0)).toBe(shards);
    expect(table.bytes).toBe((precision === "f16" ? 2 : 4) * N * D);
    table.destroy();
  });

  test("start values are those of an unsharded bank", async () => {
    const options = { rows: 1025, dim: 36, start: "unit", seed: 3, precision } as const;
    const [whole, sharded] = [new MemoryBank(await testGpu(), options), new MemoryBank(await smallGpu(), options)];
    expect(whole.table.layout?.more ?? []).toEqual([]);
    expect(await sharded.rows()).toEqual(await whole.rows());
    for (const bank of [whole, sharded]) bank.destroy();
  });

  test("the nearest rows are those of an unsharded bank", async () => {
    const [N, D] = [2 * CHUNK + 77, 4];
    const rows = unitRows(N, D, 4);
    const found = await Promise.all(
      [await testGpu(), await smallGpu(16 * CHUNK)].map(async (gpu) => {
        const bank = new MemoryBank(gpu, { rows: N, dim: D, precision });
        bank.write(rows);
        const result = await bank.nearest({ data: unitRows(3, D, 5), shape: [3, D] }, 20);
        bank.destroy();
        return result;
      }),
    );
    expect(found[1]).toEqual(found[0]);
  });
});

test("candidates from the host are sharded too", async () => {
  const N = CHUNK + 77;
  const queries = { data: unitRows(3, 3, 6), shape: [3, 3] as const };
  const candidates = { data: unitRows(N, 3, 7), shape: [N, 3] as const };
  const [whole, sharded] = [await testGpu(), await smallGpu(16 * CHUNK)];
  expect(await nearest(sharded, queries, candidates, 9)).toEqual(await nearest(whole, queries, candidates, 9));
});

test("a row beyond half precision is refused", async () => {
  const gpu = await testGpu();
  const bank = new MemoryBank(gpu, { rows: 2, dim: 4, precision: "f16" });
  expect(() => bank.write(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 1e6))).toThrow(/beyond 65504/);
  expect(() => new MemoryBank(gpu, { rows: 2, dim: 4, precision: "f64" as Precision })).toThrow(UsageError);
  bank.destroy();
});

describe("steps over a sharded bank have the bits of those over an unsharded one", () => {
  const [B, N, D] = [4, 1025, 36];
  const rows = unitRows(N, D, 10);
  const index = [Uint32Array.of(1024, 3, 500, 227), Uint32Array.of(228, 0, 700, 1023)]; // 227 and 228 share row 227's shards
  const modes = [
    { mode: "full-softmax" },
    { mode: "softmax", negatives: 50 },
    { mode: "nce", negatives: 50, normalizer: { kind: "exact", every: 2 } },
    { mode: "nce", negatives: 50, normalizer: { kind: "average" } },
  ] as const;
  const cases = PRECISIONS.flatMap((precision) => modes.map((options) => ({ ...options, precision })));

  test.each(cases)("InstDisc: %o", async (options) => {
    const results: unknown[] = [];
    for (const gpu of [await testGpu(), await smallGpu()]) {
      const bench = await instDiscBench(gpu, B, rows, D, { ...options, proximal: 0.5 });
      const steps = [];
      for (const [i, y] of index.entries()) steps.push(await bench.run(unitRows(B, D, 20 + i), y));
      results.push({ steps, rows: await bench.objective.bank.rows(), z: await bench.objective.bank.z() });
      bench.close();
    }
    expect(results[1]).toEqual(results[0]);
  });

  test.each(cases)("CMC: %o", async (options) => {
    const present = [undefined, Uint8Array.from({ length: N }, (_, i) => Number(i % 7 !== 3 || i === 3))];
    const banks = unitRows(2 * N, D, 11);
    const results: unknown[] = [];
    // Three shards: with more, these kernels need more bindings than the ten that Chrome has.
    for (const gpu of [await testGpu(), await smallGpu((options.precision === "f16" ? 2 : 4) * SMALL)]) {
      const bench = await cmcBench(gpu, { V: 2, B, N, D, present }, banks, options);
      const steps = [];
      for (const [i, y] of index.entries()) steps.push(await bench.run(unitRows(2 * B, D, 30 + i), y));
      results.push({ steps, rows: await bench.objective.banks.rows(), z: await bench.objective.banks.z() });
      bench.close();
    }
    expect(results[1]).toEqual(results[0]);
  });

  test.each(modes)("in halves, a step differs by their rounding: %o", async (options) => {
    const [whole, half] = await Promise.all(
      PRECISIONS.map(async (precision) => {
        const bench = await instDiscBench(await testGpu(), B, rows, D, { ...options, precision });
        const step = await bench.run(unitRows(B, D, 20), index[0]!);
        const after = await bench.objective.bank.rows();
        bench.close();
        return { ...step, after };
      }),
    );
    expect(half!.loss).not.toBe(whole!.loss);
    expect(relativeError([half!.loss], [whole!.loss])).toBeLessThan(1e-3);
    expect(relativeError(half!.gradient, whole!.gradient)).toBeLessThan(1e-3);
    expect(relativeError(half!.after, whole!.after)).toBeLessThan(2 ** -11);
  });
});

describe("what a bank asks of the adapter", () => {
  const step = async (gpu: Gpu, precision: Precision) => {
    const bank = new MemoryBank(gpu, { rows: 4096, dim: 32, precision });
    const plan = new Plan(gpu, "step");
    const tape = openTape(plan, true);
    bank.update(tape, tape.input("index", [4], "u32"), tape.input("features", [4, 32]));
    bank.destroy();
  };

  test("more shards than there are bindings are refused with the counts", async () => {
    const gpu = withLimits(await smallGpu(), { maxStorageBuffersPerShaderStage: 8, maxStorageBufferBindingSize: SMALL });
    // 512 KiB in 16 shards, 256 KiB in 8
    await expect(step(gpu, "f32")).rejects.toThrow(OutOfGpuMemoryError);
    await expect(step(gpu, "f32")).rejects.toThrow(
      /0.5 MiB of rows lie in 16 shards .* 2 other bindings 18 storage buffers, .* allows 8 .*f16/,
    );
    await expect(step(gpu, "f16")).rejects.toThrow(/8 shards .* 10 storage buffers, .*Use fewer rows/);
  });

  test("1,281,167 rows of 128 halves fit WebGPU's default limits in every mode; f32 needs 10 storage buffers", async () => {
    const defaults = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27, maxStorageBuffersPerShaderStage: 8 };
    const gpu = withLimits(await testGpu(), defaults);
    const { InstDisc } = await import("../../src/objectives/instdisc.ts");
    const record = (mode: "nce" | "softmax" | "full-softmax", precision: Precision, on: Gpu): Plan => {
      const objective = new InstDisc(on, { rows: 1_281_167, dim: 128, encode: (_, x) => x }, { mode, negatives: 4096, precision });
      const plan = new Plan(on, mode);
      const tape = openTape(plan, true);
      const features = tape.input("features", [256, 128]);
      features.requiresGrad = true;
      const { loss, commit } = objective.step(tape, { views: [features], index: tape.input("index", [256], "u32") });
      tape.backward(loss);
      commit();
      return plan;
    };
    for (const mode of ["nce", "softmax", "full-softmax"] as const) {
      const { bytes } = record(mode, "f16", gpu).memory();
      expect(bytes.bank).toBeLessThan(2 * 1_281_167 * 128 + 1024);
      expect(bytes.bank).toBeGreaterThanOrEqual(2 * 1_281_167 * 128);
    }
    expect(() => record("nce", "f32", gpu)).toThrow(/625.6 MiB of rows lie in 5 shards of at most 128.0 MiB: .* 10 storage buffers/);
    record("nce", "f32", withLimits(gpu, { ...defaults, maxStorageBuffersPerShaderStage: 10 }));
  });

  test.each(["nce", "softmax"] as const)("what %s keeps of a step does not grow with K", async (mode) => {
    const [gpu, B] = [await testGpu(), 4];
    const memory = async (negatives: number, D: number) => {
      const bench = await instDiscBench(gpu, B, unitRows(10, D, 1), D, { mode, negatives, normalizer: { kind: "given", value: 10 } });
      const { bytes } = bench.memory();
      bench.close();
      return bytes.activations!;
    };
    expect(await memory(65_536, 64)).toBe(await memory(4096, 64));
    const growth = (await memory(65_536, 128)) - (await memory(65_536, 64));
    expect(growth).toBeLessThan(4 * B * 64 * 80); // of B x D x 64 parts, and B x D: not of K x D
  });
});

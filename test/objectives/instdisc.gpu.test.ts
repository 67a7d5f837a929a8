import { afterEach, describe, expect, test } from "vitest";
import { drawNegatives } from "../../src/bank/draw.ts";
import { UsageError } from "../../src/errors.ts";
import { InstDisc, type InstDiscOptions } from "../../src/objectives/instdisc.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import type { Tensor } from "../../src/tensor.ts";
import { allOthers, type Bench, instDiscBench, moved, truth, unitRows } from "../contrast_run.ts";
import { testGpu } from "../host.ts";

let open: Bench[] = [];
afterEach(() => {
  for (const bench of open) bench.close();
  open = [];
});

async function bench(B: number, bank: Float32Array, D: number, options: InstDiscOptions, K = 0): Promise<Bench> {
  const made = await instDiscBench(await testGpu(), B, bank, D, options, K);
  open.push(made);
  return made;
}

const first = (B: number) => Uint32Array.from({ length: B }, (_, b) => b);

describe("closed-form values of an untrained encoder (methods.md 1.5)", () => {
  const [B, N, D] = [32, 2000, 128];
  const start = async (options: InstDiscOptions) => (await bench(B, unitRows(N, D, 1), D, options)).run(unitRows(B, D, 2), first(B));

  test("full softmax: ln N + 1 / (2 D T^2)", async () => {
    const { loss } = await start({ mode: "full-softmax", temperature: 0.1 });
    expect(Math.abs(loss - Math.log(N) - 1 / (2 * D * 0.01))).toBeLessThan(0.4); // 32 positives of deviation 0.88
  });

  test("sampled softmax: ln(K + 1) + 1 / (2 D T^2)", async () => {
    const { loss } = await start({ mode: "softmax", temperature: 0.1, negatives: 512 });
    expect(Math.abs(loss - Math.log(513) - 1 / (2 * D * 0.01))).toBeLessThan(0.4);
  });

  test("NCE: ln(K + 1) + 1", async () => {
    const { loss } = await start({ mode: "nce", temperature: 0.1, negatives: 512 });
    expect(Math.abs(loss - Math.log(513) - 1)).toBeLessThan(0.5);
  });
});

describe("loss, gradient and rows equal float64", () => {
  const [B, N, D] = [9, 70, 36];
  const index = Uint32Array.from({ length: B }, (_, b) => (7 * b + 3) % N);
  const rows = unitRows(N, D, 3);
  const features = unitRows(B, D, 4);

  test.each([["softmax", 0] as const, ["nce", 0] as const, ["softmax", 5] as const, ["nce", 5] as const])(
    "drawn %s, lambda %d",
    async (mode, proximal) => {
      const options = { mode, temperature: 0.2, negatives: 24, proximal } as const;
      const got = await (await bench(B, rows, D, { ...options, normalizer: { kind: "given", value: 90 } })).run(features, index);
      const drawn = drawNegatives(index, { seed: 7, step: 0, rows: N, count: 24 });
      const lists = Array.from(index, (_, b) => Array.from(drawn.slice(24 * b, 24 * (b + 1))));
      const want = truth(features, rows, D, index, lists, { ...options, z: 90 });
      expect(relativeError([got.loss, got.contrast, got.proximal], [want.loss, want.contrast, want.proximal])).toBeLessThan(1e-6);
      expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-5);
    },
  );

  test("sampled softmax over all other rows once is full softmax", async () => {
    const others = allOthers(index, N);
    const options = { temperature: 0.1, proximal: 2 } as const;
    const full = await (await bench(B, rows, D, { ...options, mode: "full-softmax" })).run(features, index);
    const sampled = await bench(B, rows, D, { ...options, mode: "softmax" }, N - 1);
    const given = await sampled.run(features, index, Uint32Array.from(others.flat()));
    const want = truth(features, rows, D, index, others, { ...options, mode: "softmax" });
    for (const got of [full, given]) {
      expect(relativeError([got.loss], [want.loss])).toBeLessThan(1e-6);
      expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-5);
    }
  });

  test("rows of any length and a small temperature do not overflow", async () => {
    const long = rows.map((x) => 9 * x);
    const options = { temperature: 0.01 } as const;
    const got = await (await bench(B, long, D, { ...options, mode: "full-softmax" })).run(features, index);
    const want = truth(features, long, D, index, allOthers(index, N), { ...options, mode: "softmax" });
    expect(relativeError([got.loss], [want.loss])).toBeLessThan(1e-5);
    expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-4);
  });
});

describe("late in training, features within 1e-4 of their rows", () => {
  const [B, N, D] = [8, 300, 64];
  const rows = unitRows(N, D, 5);
  const noise = unitRows(B, D, 6);
  const features = rows.slice(0, B * D).map((x, i) => x + 1e-4 * noise[i]!);
  const lists = allOthers(first(B), N);

  test.each(["full-softmax", "softmax", "nce"] as const)("%s keeps its loss above zero and its gradient", async (mode) => {
    const options = { mode, temperature: 0.07, normalizer: { kind: "given", value: 700 } } as const;
    const made = await bench(B, rows, D, options, N - 1);
    const got = await made.run(features, first(B), Uint32Array.from(lists.flat()));
    const want = truth(features, rows, D, first(B), lists, { ...options, mode: mode === "nce" ? "nce" : "softmax", z: 700 });
    expect(got.loss).toBeGreaterThan(0);
    expect(relativeError([got.loss], [want.loss])).toBeLessThan(1e-5);
    expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-4);
  });
});

test("two steps: scores read the old rows, then rows move", async () => {
  const [B, N, D] = [3, 5, 8];
  const rows = unitRows(N, D, 8);
  const features = [unitRows(B, D, 9), unitRows(B, D, 10)];
  const index = [Uint32Array.of(4, 0, 2), Uint32Array.of(2, 4, 1)];
  const made = await bench(B, rows, D, { mode: "full-softmax", temperature: 0.5, momentum: 0.7 });
  const memory = Float32Array.from(rows);
  for (const k of [0, 1]) {
    const got = await made.run(features[k]!, index[k]!);
    const want = truth(features[k]!, memory, D, index[k]!, allOthers(index[k]!, N), { mode: "softmax", temperature: 0.5 });
    expect(relativeError([got.loss], [want.loss])).toBeLessThan(1e-6);
    expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-5);
    index[k]!.forEach((y, b) => {
      memory.set(moved(memory.slice(y * D, (y + 1) * D), features[k]!.slice(b * D, (b + 1) * D), 0.7), y * D);
    });
  }
  expect(relativeError(await made.objective.bank.rows(), memory)).toBeLessThan(1e-6);
});

test("a drawn negative is never the positive, unless it is kept", async () => {
  const [K, D] = [64, 8];
  const rows = unitRows(2, D, 11);
  const features = unitRows(1, D, 12);
  const index = Uint32Array.of(1);
  const lossOf = async (keepPositive: boolean) =>
    (await (await bench(1, rows, D, { mode: "softmax", temperature: 0.5, negatives: K, keepPositive })).run(features, index)).loss;
  const want = truth(features, rows, D, index, [Array.from({ length: K }, () => 0)], { mode: "softmax", temperature: 0.5 });
  expect(relativeError([await lossOf(false)], [want.loss])).toBeLessThan(1e-6);
  expect(relativeError([await lossOf(true)], [want.loss])).toBeGreaterThan(1e-3);
});

test("two runs give the same bits, two steps different negatives", async () => {
  const [B, N, D] = [5, 50, 16];
  const rows = unitRows(N, D, 13);
  const run = async () => {
    const made = await bench(B, rows, D, { mode: "nce", temperature: 0.1, negatives: 33, momentum: 0.9 });
    return [await made.run(unitRows(B, D, 14), first(B)), await made.run(unitRows(B, D, 14), first(B))];
  };
  const [a, b] = [await run(), await run()];
  expect(a).toEqual(b);
  expect(a[0]!.gradient).not.toEqual(a[1]!.gradient);
});

test("a feature that is not finite shows in the loss and stays out of the bank", async () => {
  const [B, N, D] = [4, 20, 16];
  for (const mode of ["full-softmax", "softmax", "nce"] as const) {
    const rows = unitRows(N, D, 15);
    const made = await bench(B, rows, D, { mode, temperature: 0.1, negatives: 8, normalizer: { kind: "given", value: 40 } });
    const features = unitRows(B, D, 16);
    features[2 * D + 3] = Number.NaN;
    const { loss } = await made.run(features, first(B));
    expect(Number.isFinite(loss)).toBe(false);
    const after = await made.objective.bank.rows();
    expect(after.slice(2 * D, 3 * D)).toEqual(rows.slice(2 * D, 3 * D));
    expect(after.every(Number.isFinite)).toBe(true);
  }
});

describe("options", () => {
  const setting = { rows: 10, dim: 8, encode: (_: unknown, x: Tensor) => x };
  test.each([
    [{ temperature: 0 }, /temperature/],
    [{ temperature: Number.NaN }, /temperature/],
    [{ negatives: 0 }, /negatives/],
    [{ negatives: 1.5 }, /negatives/],
    [{ proximal: -1 }, /proximal/],
    [{ momentum: 1 }, /momentum/],
    [{ momentum: -0.1 }, /momentum/],
    [{ mode: "infonce" }, /full-softmax/],
    [{ start: "zero" }, /uniform/],
    [{ tau: 0.1 }, /"tau".*temperature/],
    [{ normalizer: { kind: "given", value: 0 } }, /value/],
    [{ normalizer: { kind: "average", rate: 1 } }, /rate/],
    [{ keepPositive: "yes" }, /keepPositive/],
  ])("%j is refused", async (options, message) => {
    const gpu = await testGpu();
    expect(() => new InstDisc(gpu, setting, options as InstDiscOptions)).toThrow(UsageError);
    expect(() => new InstDisc(gpu, setting, options as InstDiscOptions)).toThrow(message);
  });

  test("a data set of one sample, a dimension that is no multiple of 4", async () => {
    const gpu = await testGpu();
    expect(() => new InstDisc(gpu, { ...setting, rows: 1 })).toThrow(/two samples/);
    expect(() => new InstDisc(gpu, { ...setting, rows: 0 })).toThrow(UsageError);
    expect(() => new InstDisc(gpu, { ...setting, dim: 6 })).toThrow(/multiple of 4/);
  });

  test("full softmax below 200,000 rows, sampled above", async () => {
    const gpu = await testGpu();
    const loss = (rows: number) => new InstDisc(gpu, { ...setting, rows }).chance;
    expect(loss(199_999)).toBeCloseTo(Math.log(199_999), 6);
    expect(loss(200_000)).toBeCloseTo(Math.log(1025), 6);
  });
});

import { describe, expect, test } from "vitest";
import type { HostRows } from "../../src/bank/rows.ts";
import { Loader } from "../../src/data/loader.ts";
import { type FitOptions, type HeadSetting, Heads } from "../../src/evaluate/heads.ts";
import { type LabelledRows, probe } from "../../src/evaluate/probe.ts";
import { testGpu } from "../host.ts";
import { numbers, randomRows } from "./rows.ts";

const labelsOf = (n: number, classes: number, seed: number): Uint32Array =>
  Uint32Array.from(numbers(n, seed), (v) => Math.floor(((v + 1) / 2) * classes));

/** Rows around one corner a class, the corners far apart: a linear classifier can be right about all of them. */
function separable(n: number, classes: number, seed: number, scale = 1): LabelledRows {
  const noise = numbers(n * classes, seed);
  const labels = Uint32Array.from({ length: n }, (_, i) => i % classes);
  const data = Float32Array.from(noise, (v, at) => scale * (0.1 * v + (at % classes === labels[Math.floor(at / classes)] ? 1 : 0)));
  return { rows: { data, shape: [n, classes] }, labels };
}

/** The same SGD in float64, from the same start, for one head. */
function reference(
  { data, shape: [N, D] }: HostRows,
  labels: Uint32Array,
  C: number,
  { rate, decay }: HeadSetting,
  { epochs, batch, momentum, seed }: FitOptions,
  start: Float32Array,
  factor: (step: number, steps: number) => number,
) {
  const loader = new Loader({ length: N, batchSize: Math.min(batch, N), seed });
  const weight = Float64Array.from({ length: C * (D + 1) }, (_, i) =>
    i % (D + 1) < D ? start[Math.floor(i / (D + 1)) * D + (i % (D + 1))]! : 0,
  );
  const velocity = new Float64Array(weight.length);
  const steps = epochs * loader.stepsPerEpoch;
  for (let step = 0; step < steps; step++) {
    const gradient = weight.map((w) => decay * w);
    const { indices } = loader.at(step);
    for (const row of indices) {
      const x = (d: number) => (d < D ? data[row * D + d]! : 1);
      const logits = Array.from({ length: C }, (_, c) =>
        Array.from({ length: D + 1 }, (_, d) => weight[c * (D + 1) + d]! * x(d)).reduce((a, b) => a + b),
      );
      const total = logits.reduce((sum, v) => sum + Math.exp(v), 0);
      logits.forEach((v, c) => {
        const error = (Math.exp(v) / total - (labels[row] === c ? 1 : 0)) / indices.length;
        for (let d = 0; d <= D; d++) gradient[c * (D + 1) + d] = gradient[c * (D + 1) + d]! + error * x(d);
      });
    }
    for (let i = 0; i < weight.length; i++) {
      velocity[i] = momentum * velocity[i]! + gradient[i]!;
      weight[i] = weight[i]! - rate * factor(step, steps) * velocity[i]!;
    }
  }
  return weight;
}

const SCHEDULES = {
  cosine: (step: number, steps: number) => 0.5 * (1 + Math.cos((Math.PI * step) / steps)),
  step: (step: number, steps: number) => (step >= Math.round(0.8 * steps) ? 0.01 : step >= Math.round(0.6 * steps) ? 0.1 : 1),
} as const;

describe("heads trained together equal the same SGD in float64, each by itself", () => {
  test.each([
    [23, 5, 3, 7, "cosine", undefined],
    [23, 5, 3, 7, "cosine", false],
    [9, 4, 2, 9, "step", undefined],
    [12, 1, 11, 5, "step", false],
  ] as const)("%i rows of %i, %i classes, batch %i, %s, resident %s", async (N, D, C, batch, schedule, resident) => {
    const gpu = await testGpu();
    const rows = randomRows(N, D, 1);
    const labels = labelsOf(N, C, 2);
    const settings = [
      { rate: 0.1, decay: 0 },
      { rate: 1, decay: 0.01 },
      { rate: 0.5, decay: 0.1 },
    ];
    const options: FitOptions = { epochs: 3, batch, momentum: 0.9, schedule, seed: 5, resident };
    const heads = new Heads(gpu, D, C, settings, 3);
    try {
      const start = await heads.read();
      const spread = Math.sqrt(start.weight.reduce((sum, v) => sum + v * v, 0) / start.weight.length);
      expect(spread).toBeLessThan(0.03);
      expect(start.weight.slice(0, C * D)).toEqual(start.weight.slice(C * D, 2 * C * D));
      await heads.fit(rows, labels, options);
      const got = await heads.read();
      settings.forEach((setting, h) => {
        const expected = reference(rows, labels, C, setting, options, start.weight, SCHEDULES[schedule]);
        for (let c = 0; c < C; c++) {
          for (let d = 0; d < D; d++) expect(Math.abs(got.weight[(h * C + c) * D + d]! - expected[c * (D + 1) + d]!)).toBeLessThan(2e-5);
          expect(Math.abs(got.bias[h * C + c]! - expected[c * (D + 1) + D]!)).toBeLessThan(2e-5);
        }
      });
    } finally {
      heads.close();
    }
  });
});

describe("probe", () => {
  test.each([2, 3, 11])("separable features of %i classes: every row is right, whatever their scale", async (classes) => {
    for (const scale of [1, 1e-3]) {
      const result = await probe(await testGpu(), separable(60, classes, 1, scale), separable(40, classes, 2, scale), {
        epochs: 20,
        batch: 16,
      });
      expect(result.top1).toBe(1);
      expect(result.top5).toBe(1);
      expect(result.perClass).toEqual(Array(classes).fill(1));
      expect(result.trials).toHaveLength(6);
      expect([...result.predictions]).toEqual(Array.from({ length: 40 }, (_, i) => i % classes));
    }
  });

  test.each(["common", "each", "none"] as const)("the weights are those of the features as given: standardise %s", async (standardise) => {
    const train = separable(50, 3, 3);
    const test = separable(30, 3, 4);
    const shift = { data: test.rows.data.map((v, i) => 2 * v + (i % 3)), shape: test.rows.shape };
    const moved = { data: train.rows.data.map((v, i) => 2 * v + (i % 3)), shape: train.rows.shape };
    const options = { rates: [0.3], epochs: 10, batch: 16, standardise };
    const { weight, bias, predictions, trials } = await probe(
      await testGpu(),
      { ...train, rows: moved },
      { ...test, rows: shift },
      options,
    );
    expect(trials).toEqual([]);
    for (let i = 0; i < 30; i++) {
      const logits = [0, 1, 2].map((c) => bias[c]! + [0, 1, 2].reduce((sum, d) => sum + weight[3 * c + d]! * shift.data[3 * i + d]!, 0));
      expect(predictions[i]).toBe(logits.indexOf(Math.max(...logits)));
    }
  });

  test("labels without meaning: about chance; the same figures again, others with another seed", async () => {
    const train = { rows: randomRows(200, 4, 5), labels: labelsOf(200, 4, 6) };
    const test = { rows: randomRows(400, 4, 7), labels: labelsOf(400, 4, 8) };
    const options = { rates: [0.03, 0.3], decays: [0, 0.01], epochs: 5, batch: 32 };
    const gpu = await testGpu();
    const first = await probe(gpu, train, test, options);
    expect(first.top1).toBeGreaterThan(0.15);
    expect(first.top1).toBeLessThan(0.35);
    expect(first.top5).toBe(1);
    expect(first.trials.map(({ rate, decay }) => [rate, decay])).toEqual([
      [0.03, 0],
      [0.3, 0],
      [0.03, 0.01],
      [0.3, 0.01],
    ]);
    expect(await probe(gpu, train, test, options)).toEqual(first);
    expect((await probe(gpu, train, test, { ...options, seed: 2 })).weight).not.toEqual(first.weight);
  });

  test("the rate is chosen without the test rows: another test set, the same weights", async () => {
    const gpu = await testGpu();
    const train = separable(60, 3, 9);
    const options = { rates: [1e-6, 0.1], epochs: 4, batch: 16 };
    const [one, other] = [await probe(gpu, train, separable(20, 3, 10), options), await probe(gpu, train, separable(31, 3, 11), options)];
    expect(one.chosen).toEqual({ rate: 0.1, decay: 0 });
    expect(other.weight).toEqual(one.weight);
    expect(other.trials).toEqual(one.trials);
  });

  test("a class that training lacks is never found; one that the test rows lack has no share", async () => {
    const train = separable(40, 4, 12);
    const test = { ...separable(8, 4, 13), labels: [0, 1, 9, 3, 0, 1, 9, 3] };
    const { top1, top5, perClass } = await probe(await testGpu(), train, test, { rates: [0.3], epochs: 10, batch: 16 });
    expect(top1).toBe(0.75);
    expect(top5).toBe(0.75);
    expect(perClass).toEqual([1, 1, null, 1, null, null, null, null, null, 0]);
  });

  test("what cannot be probed", async () => {
    const gpu = await testGpu();
    const rows = separable(20, 2, 14);
    await expect(probe(gpu, { ...rows, labels: new Uint32Array(20) }, rows)).rejects.toThrow(/at least two classes/);
    await expect(probe(gpu, { ...rows, labels: [1] }, rows)).rejects.toThrow(/expected 20 labels for training rows, got 1/);
    await expect(probe(gpu, rows, { ...rows, labels: Array(20).fill(-1) })).rejects.toThrow(/label 0 of test rows/);
    await expect(probe(gpu, rows, separable(20, 3, 1))).rejects.toThrow(/training rows have 2 columns, test rows 3/);
    await expect(probe(gpu, rows, rows, { rates: [0] })).rejects.toThrow(/rates: expected a number above 0/);
    await expect(probe(gpu, rows, rows, { rates: [] })).rejects.toThrow(/at least one rate/);
    await expect(probe(gpu, rows, rows, { epoch: 3 } as object)).rejects.toThrow(/unknown option "epoch"/);
    const broken = { ...rows, rows: { ...rows.rows, data: rows.rows.data.map((v, i) => (i === 7 ? Number.NaN : v)) } };
    await expect(probe(gpu, broken, rows)).rejects.toThrow(/features: row 3 holds a value that is not finite/);
    await expect(probe(gpu, rows, broken)).rejects.toThrow(/test rows: row 3/);
  });
});

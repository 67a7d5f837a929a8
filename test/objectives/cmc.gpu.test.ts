import { afterEach, describe, expect, test } from "vitest";
import { drawNegatives } from "../../src/bank/draw.ts";
import { UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Cmc, type CmcOptions, type CmcSetting } from "../../src/objectives/cmc.ts";
import { relativeError } from "../../src/objectives/verify.ts";
import { openTape } from "../../src/ops/tape.ts";
import type { Tensor } from "../../src/tensor.ts";
import { type BenchSizes, type CmcBench, cmcBench, cmcTruth } from "../cmc_run.ts";
import { allOthers, moved, unitRows } from "../contrast_run.ts";
import { testGpu } from "../host.ts";

let open: CmcBench[] = [];
afterEach(() => {
  for (const bench of open) bench.close();
  open = [];
});

async function bench(sizes: BenchSizes, banks: Float32Array, options: CmcOptions): Promise<CmcBench> {
  const made = await cmcBench(await testGpu(), sizes, banks, options);
  open.push(made);
  return made;
}

/** Every ordered pair, in the objective's order. */
const pairsOf = (V: number): [number, number, number][] =>
  Array.from({ length: V }, (_, a) => Array.from({ length: V - a - 1 }, (_, i) => [a, a + 1 + i] as const))
    .flat()
    .flatMap(([a, b]): [number, number, number][] => [[a, b, 1], [b, a, 1]]); // biome-ignore format: both ways

const sizesOf = (V: number): BenchSizes => ({ V, B: 6, N: 41, D: 20 });
const index = Uint32Array.from([7, 0, 40, 12, 33, 5]);

/** Of 41 samples, view v lacks those with (3 i + v) % 4 = 0, sample 33 every view but the first. */
const somePresent = (V: number) =>
  Array.from({ length: V }, (_, v) => Uint8Array.from({ length: 41 }, (_, i) => Number(i === 33 ? v === 0 : (3 * i + v) % 4 !== 0)));

function drawnLists(N: number, K: number, keepPositive = false, step = 0): number[][] {
  const drawn = drawNegatives(index, { seed: 7, step, rows: N, count: K, keepPositive });
  return Array.from(index, (_, b) => Array.from(drawn.slice(K * b, K * (b + 1))));
}

describe.each([2, 3, 4, 5])("%i views: loss, pairs and gradient equal float64", (V) => {
  const sizes = sizesOf(V);
  const { B, N, D } = sizes;
  const [banks, features] = [unitRows(V * N, D, 3), unitRows(V * B, D, 4)];

  test.each(["full-softmax", "softmax", "nce"] as const)("%s, all views there and some missing", async (mode) => {
    for (const present of [[], somePresent(V)]) {
      const options = { mode, temperature: 0.2, negatives: 24, normalizer: { kind: "given", value: 30 } } as const;
      const got = await (await bench({ ...sizes, present }, banks, options)).run(features, index);
      const lists = mode === "full-softmax" ? allOthers(index, N) : drawnLists(N, 24);
      const truth = { mode: mode === "nce" ? "nce" : "softmax", temperature: 0.2, edges: pairsOf(V), z: pairsOf(V).map(() => 30) } as const;
      const want = cmcTruth(features, banks, { ...sizes, present }, index, lists, truth);
      expect(relativeError([got.loss], [want.loss])).toBeLessThan(1e-6);
      expect(relativeError(got.pairs, want.pairs)).toBeLessThan(1e-6);
      expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-5);
    }
  });
});

describe("graphs", () => {
  const sizes = sizesOf(3);
  const { B, N, D } = sizes;
  const [banks, features] = [unitRows(3 * N, D, 5), unitRows(3 * B, D, 6)];
  const run = async (options: CmcOptions) =>
    (await bench(sizes, banks, { mode: "full-softmax", temperature: 0.2, ...options })).run(features, index);
  const want = (edges: readonly (readonly [number, number, number])[]) =>
    cmcTruth(features, banks, sizes, index, allOthers(index, N), { mode: "softmax", temperature: 0.2, edges });

  test.each<[string, CmcOptions, [number, number, number][]]>([
    [
      "core: pairs with the first view",
      { graph: "core" },
      [
        [0, 1, 1],
        [1, 0, 1],
        [0, 2, 1],
        [2, 0, 1],
      ],
    ],
    [
      "custom, weighted, by number and name",
      {
        graph: [
          [2, "view0", 0.5],
          ["view1", 2],
        ],
      },
      [
        [2, 0, 0.5],
        [0, 2, 0.5],
        [1, 2, 1],
        [2, 1, 1],
      ],
    ],
    ["the mean over ordered pairs", { reduction: "mean" }, pairsOf(3).map(([a, b]) => [a, b, 1 / 6])],
    [
      "a weighted mean",
      {
        graph: [
          [0, 1, 3],
          [0, 2],
        ],
        reduction: "mean",
      },
      [
        [0, 1, 3 / 8],
        [1, 0, 3 / 8],
        [0, 2, 1 / 8],
        [2, 0, 1 / 8],
      ],
    ],
  ])("%s", async (_, options, edges) => {
    // biome-ignore format: a table
    const got = await run(options);
    const truth = want(edges);
    expect(relativeError([got.loss], [truth.loss])).toBeLessThan(1e-6);
    expect(relativeError(got.pairs, truth.pairs)).toBeLessThan(1e-6);
    expect(relativeError(got.gradient, truth.gradient)).toBeLessThan(1e-5);
  });

  test("swapping two banks changes the loss: no view is held against its own bank", async () => {
    const made = await bench(sizes, banks, { mode: "full-softmax", temperature: 0.2 });
    const { loss } = await made.run(features, index);
    const swapped = Float32Array.from([...banks.slice(N * D, 2 * N * D), ...banks.slice(0, N * D), ...banks.slice(2 * N * D)]);
    made.objective.banks.write(swapped);
    expect(Math.abs((await made.run(features, index)).loss - loss)).toBeGreaterThan(1e-2);
  });

  test("four views cost the launches of two: edges share theirs", async () => {
    const launches = async (V: number, mode: "nce" | "full-softmax") =>
      (await bench(sizesOf(V), unitRows(V * N, D, 7), { mode, temperature: 0.2 })).launches - V; // a gradient a view is unstacked
    expect(await launches(4, "nce")).toBe(await launches(2, "nce"));
    expect(await launches(4, "full-softmax")).toBe(await launches(2, "full-softmax"));
    expect(await launches(4, "full-softmax")).toBeLessThanOrEqual(8);
  });
});

describe("negatives and normalisers", () => {
  const sizes = sizesOf(3);
  const { B, N, D } = sizes;
  const [banks, features] = [unitRows(3 * N, D, 8), unitRows(3 * B, D, 9)];
  const present = somePresent(3);

  /** Mean over samples with both views of sum exp(score) over candidates that exist, times N over their number. */
  const zOf = ([a, c]: readonly [number, number, number], lists: readonly (readonly number[])[]): number => {
    const both = Array.from(index).flatMap((y, b) => (present[a]![y] && present[c]![y] ? [b] : []));
    const exp = (b: number, i: number) =>
      Math.exp(
        Array.from({ length: D }, (_, d) => features[(a * B + b) * D + d]! * banks[(c * N + i) * D + d]!).reduce((s, x) => s + x) / 0.2,
      );
    const sum = both.flatMap((b) => lists[b]!.filter((i) => present[c]![i] === 1).map((i) => exp(b, i))).reduce((s, x) => s + x, 0);
    return (sum * N) / (both.length * lists[0]!.length);
  };
  const withPositives = drawnLists(N, 24).map((list, b) => [...list, index[b]!]);
  const everything = Array.from(index, () => Array.from({ length: N }, (_, i) => i));

  test.each([
    ["first-batch", withPositives],
    ["average", withPositives],
    ["exact", everything],
  ] as const)("%s: one Z an ordered pair, of the samples and rows that are there", async (kind, lists) => {
    const made = await bench({ ...sizes, present }, banks, { mode: "nce", temperature: 0.2, negatives: 24, normalizer: { kind } });
    await made.run(features, index);
    const z = (await made.objective.banks.z()).map((x) => x ?? Number.NaN);
    const want = pairsOf(3).map((edge) => zOf(edge, lists));
    expect(relativeError(z, want)).toBeLessThan(1e-5);
    expect(new Set(want.map((x) => x.toFixed(3))).size).toBe(6);
  });

  test("all edges take the same draws, and given rows", async () => {
    const given = Uint32Array.from({ length: 24 * B }, (_, i) => (i * 7) % N);
    const lists = Array.from(index, (_, b) => Array.from(given.slice(24 * b, 24 * (b + 1))));
    const made = await bench({ ...sizes, K: 24, present }, banks, { mode: "softmax", temperature: 0.2 });
    const got = await made.run(features, index, given);
    const want = cmcTruth(features, banks, { ...sizes, present }, index, lists, { mode: "softmax", temperature: 0.2, edges: pairsOf(3) });
    expect(relativeError(got.pairs, want.pairs)).toBeLessThan(1e-6);
    const kept = await bench(sizes, banks, { mode: "softmax", temperature: 0.2, negatives: 40, keepPositive: true });
    const drawn = cmcTruth(features, banks, sizes, index, drawnLists(N, 40, true), {
      mode: "softmax",
      temperature: 0.2,
      edges: pairsOf(3),
    });
    expect(relativeError((await kept.run(features, index)).pairs, drawn.pairs)).toBeLessThan(1e-6);
  });

  test("rows of views that a sample lacks are never read: anything may stand there", async () => {
    for (const mode of ["full-softmax", "softmax", "nce"] as const) {
      const options = { mode, temperature: 0.2, negatives: 64 } as const;
      const clean = await (await bench({ ...sizes, present }, banks, options)).run(features, index);
      const spoilt = banks.map((x, i) => (present[Math.floor(i / (N * D))]![Math.floor(i / D) % N] === 0 ? 50 * x : x));
      expect(await (await bench({ ...sizes, present }, spoilt, options)).run(features, index)).toEqual(clean);
    }
  });
});

test("two steps: all edges read the old banks, then rows move, those of missing views excepted", async () => {
  const sizes = { ...sizesOf(3), present: somePresent(3) };
  const { B, N, D, V } = sizes;
  const memory = unitRows(V * N, D, 10);
  const made = await bench(sizes, memory, { mode: "full-softmax", temperature: 0.3, momentum: 0.7 });
  for (const k of [0, 1]) {
    const features = unitRows(V * B, D, 11 + k);
    const got = await made.run(features, index);
    const want = cmcTruth(features, memory, sizes, index, allOthers(index, N), { mode: "softmax", temperature: 0.3, edges: pairsOf(V) });
    expect(relativeError([got.loss], [want.loss])).toBeLessThan(1e-6);
    expect(relativeError(got.gradient, want.gradient)).toBeLessThan(1e-5);
    for (let v = 0; v < V; v++) {
      index.forEach((y, b) => {
        const [row, feature] = [(v * N + y) * D, (v * B + b) * D];
        if (sizes.present[v]![y] === 0) return;
        memory.set(moved(memory.slice(row, row + D), features.slice(feature, feature + D), 0.7), row);
      });
    }
  }
  const rows = await made.objective.banks.rows();
  expect(relativeError(rows, memory)).toBeLessThan(1e-6);
  const lost = (1 * N + 33) * D; // sample 33 has but the first view
  expect(rows.slice(lost, lost + D)).toEqual(unitRows(V * N, D, 10).slice(lost, lost + D));
});

test("one encoder for all views sees one batch of them, and its features are those of separate calls", async () => {
  const gpu = await testGpu();
  const [V, B, D, N] = [3, 4, 8, 20];
  const seen: string[] = [];
  const encode = (_: unknown, x: Tensor) => {
    seen.push(x.shape.join());
    x.requiresGrad = true;
    return x;
  };
  const views = Array.from({ length: V }, (_, v) => ({ name: `v${v}` }));
  const objective = new Cmc(gpu, { rows: N, dim: D, views, encode }, { start: "unit", temperature: 0.2 });
  const banks = unitRows(V * N, D, 21);
  objective.banks.write(banks);
  const plan = new Plan(gpu, "shared");
  const tape = openTape(plan, true);
  const inputs = views.map(({ name }) => tape.input(name, [B, D]));
  const rows = plan.input("index", [B], "u32");
  const { loss } = objective.step(tape, { views: inputs, index: rows });
  plan.keep(loss);
  await plan.open();
  const features = unitRows(V * B, D, 22);
  const data = inputs.map((input, v) => [input, features.slice(v * B * D, (v + 1) * B * D)] as const);
  plan.run({ seed: 1, step: 0, epoch: 0, rate: 0 }, [...data, [rows, Uint32Array.of(3, 19, 0, 8)]]);
  const got = (await plan.read(loss))[0]!;
  const own = [3, 19, 0, 8];
  const want = cmcTruth(features, banks, { V, B, N, D }, own, allOthers(own, N), { mode: "softmax", temperature: 0.2, edges: pairsOf(V) });
  expect(seen).toEqual([`${V * B},${D}`]);
  expect(relativeError([got], [want.loss])).toBeLessThan(1e-6);
  plan.close();
  objective.destroy();
});

test("a feature that is not finite shows in the loss and stays out of the banks", async () => {
  const sizes = sizesOf(2);
  const { B, N, D } = sizes;
  const banks = unitRows(2 * N, D, 13);
  for (const mode of ["full-softmax", "softmax", "nce"] as const) {
    const made = await bench(sizes, banks, { mode, temperature: 0.1, negatives: 8, normalizer: { kind: "given", value: 40 } });
    const features = unitRows(2 * B, D, 14);
    features[2 * D + 3] = Number.NaN;
    expect(Number.isFinite((await made.run(features, index)).loss)).toBe(false);
    expect((await made.objective.banks.rows()).every(Number.isFinite)).toBe(true);
  }
});

describe("what cannot be is refused", () => {
  const encode = (_: unknown, x: Tensor) => x;
  const two = [{ name: "L" }, { name: "ab" }];
  const flags = (...values: number[]) => Uint8Array.from(values);
  test.each<[Partial<CmcSetting>, object, RegExp]>([
    [{ views: [{ name: "L" }] }, {}, /at least two views.*got 1/],
    [{ views: [] }, {}, /got 0/],
    [{}, { graph: [[0, 2]] }, /there is no view 2: there are L \(0\), ab \(1\)/],
    [{}, { graph: [["L", "depth"]] }, /no view "depth"/],
    [{}, { graph: [[0, 0]] }, /against itself/],
    [
      {},
      {
        graph: [
          [0, 1],
          [1, 0],
        ],
      },
      /twice/,
    ],
    [{}, { graph: [[0, 1, 0]] }, /weight above 0/],
    [{}, { graph: [] }, /core, full or a list/],
    [{}, { graph: "star" }, /core, full or a list/],
    [{ views: [...two, { name: "depth" }] }, { graph: [[0, 1]] }, /no edge reaches view depth/],
    [{ views: [{ name: "L" }, { name: "ab", present: flags(0, 0, 0) }] }, {}, /view ab: 0 of 3 samples/],
    [{ views: [{ name: "L" }, { name: "ab", present: flags(0, 1, 0) }] }, {}, /view ab: 1 of 3/],
    [{ views: [{ name: "L" }, { name: "ab", present: flags(1, 1) }] }, {}, /expected 3 flags, got 2/],
    [
      {
        rows: 4,
        views: [
          { name: "L", present: flags(1, 1, 0, 0) },
          { name: "ab", present: flags(0, 0, 1, 1) },
        ],
      },
      {},
      /both views L and ab/,
    ],
    [{ encode: [encode] }, {}, /one encoder, or one a view \(2\), got 1/],
    [{ rows: 1 }, {}, /two samples/],
    [{ dim: 6 }, {}, /multiple of 4/],
    [{}, { temperature: 0 }, /temperature/],
    [{}, { negatives: 0.5 }, /negatives/],
    [{}, { momentum: 1 }, /momentum/],
    [{}, { mode: "infonce" }, /full-softmax/],
    [{}, { reduction: "max" }, /sum, mean/],
    [{}, { tau: 1 }, /"tau".*temperature/],
    [{}, { keepPositive: 1 }, /keepPositive/],
    [{}, { normalizer: { kind: "given", value: 0 } }, /value/],
  ])("%j %j", async (setting, options, message) => {
    // biome-ignore format: a table
    const gpu = await testGpu();
    const make = () => new Cmc(gpu, { rows: 3, dim: 8, views: two, encode, ...setting }, options as CmcOptions);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });

  test("a batch of another number of views", async () => {
    const gpu = await testGpu();
    const objective = new Cmc(gpu, { rows: 9, dim: 8, views: two, encode });
    const plan = new Plan(gpu, "one");
    const tape = openTape(plan, true);
    const batch = { views: [tape.input("x", [2, 8])], index: plan.input("index", [2], "u32") };
    expect(() => objective.step(tape, batch)).toThrow(/expected 2 views/);
    objective.destroy();
  });

  test("chance: each edge counts its candidates", async () => {
    const gpu = await testGpu();
    const views = [{ name: "L" }, { name: "ab", present: flags(1, 1, 1, 0) }];
    const chance = (options: CmcOptions) => new Cmc(gpu, { rows: 4, dim: 8, views, encode }, options).chance;
    expect(chance({})).toBeCloseTo(Math.log(3) + Math.log(4), 6);
    expect(chance({ mode: "softmax", negatives: 9, reduction: "mean" })).toBeCloseTo(Math.log(10), 6);
    expect(chance({ mode: "nce" })).toBeUndefined();
  });
});

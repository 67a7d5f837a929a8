import { describe, expect, test } from "vitest";
import { nearest } from "../../src/bank/nearest.ts";
import { CHUNK, type HostRows } from "../../src/bank/rows.ts";
import { type KnnOptions, knn } from "../../src/evaluate/knn.ts";
import { Store } from "../../src/gpu/store.ts";
import { testGpu } from "../host.ts";
import { cosine, numbers, randomRows } from "./rows.ts";

type Labels = ArrayLike<number>;

/** Candidates of query q, best first, by brute force in float64. `grain`: similarities closer than this count as equal. */
function ranking(queries: HostRows, candidates: HostRows, q: number, leftOut = -1): { j: number; sim: number }[] {
  return Array.from({ length: candidates.shape[0] }, (_, j) => ({ j, sim: cosine(queries, q, candidates, j) }))
    .filter(({ j }) => j !== leftOut)
    .sort((a, b) => (Math.abs(a.sim - b.sim) > 1e-9 ? b.sim - a.sim : a.j - b.j));
}

/** Classes in order of score, by brute force; classes that tie by number. */
function vote(list: readonly { j: number; sim: number }[], labels: Labels, k: number, temperature: number): number[] {
  const scores = new Float64Array(Math.max(...Array.from(labels)) + 1);
  for (const { j, sim } of list.slice(0, k)) scores[labels[j]!] = scores[labels[j]!]! + Math.exp(sim / temperature);
  const top = Math.max(...scores);
  return Array.from(scores.keys()).sort((a, b) => (Math.abs(scores[a]! - scores[b]!) > 1e-9 * top ? scores[b]! - scores[a]! : a - b));
}

const labelsOf = (n: number, classes: number, seed: number): Uint32Array =>
  Uint32Array.from(numbers(n, seed), (v) => Math.floor(((v + 1) / 2) * classes));

async function check(options: Omit<KnnOptions, "queries" | "candidates"> & { queries: HostRows; candidates: HostRows }): Promise<void> {
  const { queries, candidates, candidateLabels, queryLabels = [], ks = [20], temperatures = [0.1], exclude } = options;
  const { scores, neighbours } = await knn(await testGpu(), options);
  expect(scores.map(({ k, temperature }) => [k, temperature])).toEqual(ks.flatMap((k) => temperatures.map((t) => [k, t])));
  const hits = scores.map(() => ({ top1: 0, top5: 0 }));
  for (let q = 0; q < queries.shape[0]; q++) {
    const leftOut = exclude === "self" ? q : exclude ? exclude[q]! : -1;
    const list = ranking(queries, candidates, q, leftOut);
    const found = neighbours.index.subarray(q * neighbours.k, (q + 1) * neighbours.k);
    expect([...found], `neighbours of query ${q}`).toEqual(list.slice(0, neighbours.k).map(({ j }) => j));
    list.slice(0, neighbours.k).forEach(({ sim }, i) => {
      expect(Math.abs(neighbours.similarity[q * neighbours.k + i]! - sim)).toBeLessThan(1e-6);
    });
    scores.forEach(({ k, temperature, predictions }, g) => {
      const order = vote(list, candidateLabels, k, temperature);
      expect(predictions[q], `class of query ${q} for k ${k}, T ${temperature}`).toBe(order[0]);
      if (order[0] === queryLabels[q]) hits[g]!.top1++;
      if (order.slice(0, 5).includes(queryLabels[q]!)) hits[g]!.top5++;
    });
  }
  scores.forEach(({ accuracy, top5 }, g) => {
    expect(accuracy).toBeCloseTo(hits[g]!.top1 / queries.shape[0], 12);
    expect(top5).toBeCloseTo(hits[g]!.top5 / queries.shape[0], 12);
  });
}

describe("knn equals brute force in float64", () => {
  test.each([
    [1, 1, 1, 1],
    [7, 33, 5, 2],
    [65, 130, 18, 4],
    [20, 301, 64, 11],
  ])("%i queries, %i candidates, %i columns, %i classes", async (Q, N, D, C) => {
    await check({
      queries: randomRows(Q, D, 1),
      candidates: randomRows(N, D, 2),
      candidateLabels: labelsOf(N, C, 3),
      queryLabels: labelsOf(Q, C, 4),
      ks: [1, 3, 20, 130, 200].filter((k) => k <= N),
      temperatures: [0.07, 0.5],
    });
  });

  test("more queries than one run takes", async () => {
    await check({
      queries: randomRows(700, 6, 5),
      candidates: randomRows(50, 6, 6),
      candidateLabels: labelsOf(50, 3, 7),
      queryLabels: labelsOf(700, 3, 8),
      ks: [4],
    });
  });

  test("ties: few distinct rows, many equal cosines; lower index and lower class first", async () => {
    // Entries 0 or 1, four ones in each row: every product and norm is exact, so that equal cosines are equal in float32 too.
    const rows = (n: number, seed: number): HostRows => {
      const shift = numbers(n, seed);
      const data = Float32Array.from({ length: n * 8 }, (_, at) => (((at & 7) + Math.floor(4 * shift[at >> 3]! + 4)) % 8 < 4 ? 1 : 0));
      return { data, shape: [n, 8] };
    };
    await check({
      queries: rows(40, 1),
      candidates: rows(600, 2),
      candidateLabels: labelsOf(600, 3, 3),
      queryLabels: labelsOf(40, 3, 4),
      ks: [1, 2, 10, 200],
      temperatures: [0.1, 1],
    });
  });

  test("collapsed features: all equal", async () => {
    const rows = (n: number): HostRows => ({ data: new Float32Array(n * 4).fill(0.5), shape: [n, 4] });
    await check({ queries: rows(3), candidates: rows(1000), candidateLabels: labelsOf(1000, 4, 1), queryLabels: [0, 1, 2], ks: [1, 150] });
  });

  test("fewer than five classes: the top five are all of them; a class that no candidate has is never found", async () => {
    const options = { queries: randomRows(6, 3, 1), candidates: randomRows(9, 3, 2), candidateLabels: labelsOf(9, 2, 3), ks: [3] };
    const { scores } = await knn(await testGpu(), { ...options, queryLabels: [0, 1, 0, 1, 0, 7] });
    expect(scores[0]!.top5).toBeCloseTo(5 / 6, 12);
    const unlabelled = await knn(await testGpu(), options);
    expect(unlabelled.scores[0]!.accuracy).toBeNaN();
    expect(unlabelled.scores[0]!.predictions).toEqual(scores[0]!.predictions);
  });

  test("candidates that are the queries: each without itself", async () => {
    const rows = randomRows(90, 12, 9);
    const labels = labelsOf(90, 5, 10);
    await check({ queries: rows, candidates: rows, candidateLabels: labels, queryLabels: labels, ks: [1, 89], exclude: "self" });
  });

  test("a temperature so small that the unshifted weights would overflow", async () => {
    const { scores } = await knn(await testGpu(), {
      queries: { data: Float32Array.of(1, 0), shape: [1, 2] },
      candidates: { data: Float32Array.of(1, 0.1, 1, 0, 1, 0.1), shape: [3, 2] },
      candidateLabels: [1, 2, 1],
      ks: [3],
      temperatures: [0.001],
    });
    expect([...scores[0]!.predictions]).toEqual([2]);
  });
});

describe("nearest", () => {
  test("over several chunks of candidates, with one of them excluded", async () => {
    const N = 2 * CHUNK + 77;
    const candidates = randomRows(N, 3, 11);
    const queries = { data: candidates.data.slice(3 * (CHUNK - 1), 3 * (CHUNK + 2)), shape: [3, 3] as const };
    const exclude = [CHUNK - 1, CHUNK, -1];
    const found = await nearest(await testGpu(), queries, candidates, 5, { exclude });
    for (let q = 0; q < 3; q++) {
      const list = ranking(queries, candidates, q, exclude[q]).slice(0, 5);
      list.forEach(({ sim }, i) => {
        const j = found.index[5 * q + i]!;
        expect(j).not.toBe(exclude[q]);
        // With 33,000 candidates on a sphere some cosines differ by less than float32 tells apart.
        expect(Math.abs(cosine(queries, q, candidates, j) - sim)).toBeLessThan(3e-7);
      });
    }
    expect(found.index[10]).toBe(CHUNK + 1);
  });

  test("rows in a store on the device, as a bank's are", async () => {
    const gpu = await testGpu();
    const store = new Store(gpu, "bank", "bank");
    const rows = randomRows(30, 8, 12);
    const operand = { slot: store.add("rows", rows.data.byteLength), shape: rows.shape, dtype: "f32" } as const;
    store.write(operand.slot, rows.data);
    try {
      const expected = await nearest(gpu, rows, rows, 4, { exclude: "self" });
      expect(await nearest(gpu, operand, operand, 4, { exclude: "self" })).toEqual(expected);
      expect(await nearest(gpu, rows, operand, 4, { exclude: "self" })).toEqual(expected);
    } finally {
      store.destroy();
    }
  });

  test("rows of zeros are at cosine 0; NaN is an error that names the query", async () => {
    const gpu = await testGpu();
    const candidates: HostRows = { data: Float32Array.of(0, 0, 1, 0, -1, 0), shape: [3, 2] };
    const found = await nearest(gpu, { data: Float32Array.of(2, 0), shape: [1, 2] }, candidates, 3);
    expect([...found.index]).toEqual([1, 0, 2]);
    expect([...found.similarity]).toEqual([1, 0, -1]);
    const bad: HostRows = { data: Float32Array.of(1, 0, Number.NaN, 1), shape: [2, 2] };
    await expect(nearest(gpu, bad, candidates, 1)).rejects.toThrow(/query 1 has fewer than 1 finite/);
  });
});

describe("what cannot be asked for", () => {
  const rows = randomRows(5, 3, 1);
  const base: KnnOptions = { queries: rows, candidates: rows, candidateLabels: [0, 1, 0, 1, 0] };
  test.each<[string, Partial<KnnOptions>, RegExp]>([
    ["k above N", { ks: [6] }, /k must be an integer from 1 to 5 \(there are 5 candidates\), got 6/],
    ["k of N without itself", { ks: [5], exclude: "self" }, /from 1 to 4 .*one is excluded/],
    ["k of 0", { ks: [0] }, /at least 1, got 0/],
    ["no k", { ks: [] }, /at least one k/],
    ["T of 0", { temperatures: [0] }, /temperature must be above/],
    ["T of NaN", { temperatures: [Number.NaN] }, /temperature must be above/],
    ["labels missing", { candidateLabels: [0, 1] }, /expected 5 labels, got 2/],
    ["a label that is no class", { candidateLabels: [0, 1, -1, 0, 0] }, /candidateLabels\[2\] is -1/],
    ["other columns", { queries: randomRows(5, 4, 1) }, /4 columns, candidates 3/],
    ["data that do not fill the shape", { queries: { data: new Float32Array(5), shape: [2, 3] } }, /queries must be \[N, D\]/],
    ["an excluded index for some only", { ks: [1], exclude: [0, 1] }, /expected 5 entries, got 2/],
  ])("%s", async (_, change, message) => {
    await expect(knn(await testGpu(), { ks: [1], ...base, ...change })).rejects.toThrow(message);
  });

  test("k above 200", async () => {
    await expect(nearest(await testGpu(), rows, randomRows(300, 3, 2), 201)).rejects.toThrow(/1 to 200 \(the longest list kept\)/);
  });
});

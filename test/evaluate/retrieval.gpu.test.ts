import { describe, expect, test } from "vitest";
import type { HostRows } from "../../src/bank/rows.ts";
import { classRetrieval, matchRetrieval, type RetrievalOptions, retrieve } from "../../src/evaluate/retrieval.ts";
import { testGpu } from "../host.ts";
import { cosine, numbers, randomRows } from "./rows.ts";

const labelsOf = (n: number, classes: number, seed: number): Uint32Array =>
  Uint32Array.from(numbers(n, seed), (v) => Math.floor(((v + 1) / 2) * classes));

/** Entries 0 or 1, four ones in each row: equal cosines are exactly equal in float32, and there are many. */
function tied(n: number, seed: number): HostRows {
  const shift = numbers(n, seed);
  const data = Float32Array.from({ length: n * 8 }, (_, at) => (((at & 7) + Math.floor(4 * shift[at >> 3]! + 4)) % 8 < 4 ? 1 : 0));
  return { data, shape: [n, 8] };
}

/** Everything by brute force in float64, from the definitions. */
function bruteForce({ queries, candidates, queryLabels, candidateLabels, exclude, ks = [1, 5, 10] }: RetrievalOptions) {
  const lists: boolean[][] = [];
  for (let q = 0; q < queries.shape[0]; q++) {
    const order = Array.from({ length: candidates.shape[0] }, (_, j) => ({ j, sim: cosine(queries, q, candidates, j) }))
      .filter(({ j }) => !(exclude === "self" && j === q))
      .sort((a, b) => (Math.abs(a.sim - b.sim) > 1e-9 ? b.sim - a.sim : a.j - b.j));
    lists.push(order.map(({ j }) => candidateLabels[j] === queryLabels[q]));
  }
  const counted = lists.filter((hits) => hits.includes(true));
  const mean = (value: (hits: boolean[]) => number) => counted.reduce((sum, hits) => sum + value(hits), 0) / counted.length;
  const right = (hits: boolean[]) => hits.filter(Boolean).length;
  const precision = (hits: boolean[], at: number) => right(hits.slice(0, at)) / at;
  return {
    recalls: ks.map((k) => mean((hits) => (hits.slice(0, k).some(Boolean) ? 1 : 0))),
    rPrecision: mean((hits) => precision(hits, right(hits))),
    mapAtR: mean((hits) => hits.slice(0, right(hits)).reduce((sum, hit, i) => sum + (hit ? precision(hits, i + 1) : 0), 0) / right(hits)),
    queries: counted.length,
    alone: lists.length - counted.length,
  };
}

async function check(options: RetrievalOptions) {
  const result = await retrieve(await testGpu(), options);
  const expected = bruteForce(options);
  expect(result.recalls.map(({ recall }) => recall)).toEqual(expected.recalls.map((v) => expect.closeTo(v, 12)));
  expect(result.rPrecision).toBeCloseTo(expected.rPrecision, 12);
  expect(result.mapAtR).toBeCloseTo(expected.mapAtR, 12);
  expect([result.queries, result.alone]).toEqual([expected.queries, expected.alone]);
  return result;
}

describe("retrieval equals brute force", () => {
  test.each([
    [40, 3, 7, randomRows],
    [60, 30, 9, randomRows],
    [50, 4, 8, tied],
    [120, 2, 8, tied],
  ] as const)("within a set of %i rows of %i classes", async (n, classes, d, make) => {
    const rows = make === tied ? tied(n, 1) : randomRows(n, d, 1);
    const labels = labelsOf(n, classes, 2);
    const options = { queries: rows, candidates: rows, queryLabels: labels, candidateLabels: labels, exclude: "self" } as const;
    expect(await classRetrieval(await testGpu(), rows, labels)).toEqual(await check(options));
  });

  test("across sets, with labels of their own", async () => {
    const [queries, candidates] = [randomRows(33, 6, 3), randomRows(70, 6, 4)];
    await check({ queries, candidates, queryLabels: labelsOf(33, 9, 5), candidateLabels: labelsOf(70, 7, 6), ks: [1, 3, 70] });
  });
});

describe("retrieval", () => {
  test("two views of the same things: perfect when equal, and chance is k / N", async () => {
    const rows = randomRows(40, 5, 7);
    const { recalls, mapAtR } = await matchRetrieval(await testGpu(), rows, rows);
    expect(recalls).toEqual([1, 5, 10].map((k) => ({ k, recall: 1, chance: expect.closeTo(k / 40, 12) })));
    expect(mapAtR).toBe(1);
  });

  test("an identity of several rows is found in any of them", async () => {
    const turned: HostRows = { data: Float32Array.of(0, 1, 1, 0, -1, -1), shape: [3, 2] };
    const rows: HostRows = { data: Float32Array.of(1, 0, 0, 1, -1, -1), shape: [3, 2] };
    const gpu = await testGpu();
    const ks = [1];
    expect((await matchRetrieval(gpu, turned, rows, { ks })).recalls[0]?.recall).toBeCloseTo(1 / 3, 12);
    expect((await matchRetrieval(gpu, turned, rows, { ks, identity: [7, 7, 8] })).recalls[0]?.recall).toBe(1);
  });

  test("chance: drawing blindly, counted by hand", async () => {
    // Classes of 2, 2 and 1 among five rows: three others each with one right one, the single row left out.
    const { recalls, alone, queries } = await classRetrieval(await testGpu(), randomRows(5, 3, 8), [0, 0, 1, 1, 2], [1, 2, 4]);
    expect(recalls.map(({ chance }) => chance)).toEqual([1 / 4, 1 / 2, 1].map((v) => expect.closeTo(v, 12)));
    expect(recalls[2]?.recall).toBe(1);
    expect([queries, alone]).toEqual([4, 1]);
  });

  test("a row never finds itself: with one other of its class far away, nearest neighbours are of the other class", async () => {
    const rows: HostRows = { data: Float32Array.of(1, 0, -1, 0.1, 0.9, 0.1, -0.9, 0), shape: [4, 2] };
    const { recalls } = await classRetrieval(await testGpu(), rows, [0, 0, 1, 1], [1, 3]);
    expect(recalls.map(({ recall }) => recall)).toEqual([0, 1]);
  });

  test("few rows: only the K that there are; a class of more than 200 others has no MAP@R", async () => {
    const few = await classRetrieval(await testGpu(), randomRows(4, 3, 9), [0, 0, 1, 1]);
    expect(few.recalls.map(({ k }) => k)).toEqual([1]);
    const many = await classRetrieval(await testGpu(), randomRows(202, 3, 10), new Uint32Array(202), [1]);
    expect([many.mapAtR, many.rPrecision]).toEqual([null, null]);
  });

  test("what cannot be retrieved", async () => {
    const gpu = await testGpu();
    const rows = randomRows(4, 3, 11);
    await expect(classRetrieval(gpu, rows, [0, 1, 2, 3])).rejects.toThrow(/every class has one row only/);
    await expect(classRetrieval(gpu, rows, [0, 1])).rejects.toThrow(/expected 4 and 4 labels, got 2 and 2/);
    await expect(classRetrieval(gpu, rows, [0, 0, 1, 1], [4])).rejects.toThrow(/k must be an integer from 1 to 3/);
    await expect(matchRetrieval(gpu, rows, randomRows(5, 3, 1))).rejects.toThrow(/must match row by row/);
  });
});

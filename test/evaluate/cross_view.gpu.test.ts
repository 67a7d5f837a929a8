import { expect, test } from "vitest";
import { crossViewRetrieval, sideBySide } from "../../src/evaluate/cross_view.ts";
import { testGpu } from "../host.ts";

const rows = (values: readonly (readonly number[])[]) => ({
  data: Float32Array.from(values.flat()),
  shape: [values.length, values[0]?.length ?? 0] as const,
});
const unit = (angle: number) => [Math.cos(angle), Math.sin(angle)];
const angles = [0, 1, 2, 3];

test("every ordered pair: which view finds which", async () => {
  const gpu = await testGpu();
  const plain = { name: "plain", rows: rows(angles.map(unit)) };
  const near = { name: "near", rows: rows(angles.map((a) => unit(a + 0.1))) };
  const turned = { name: "turned", rows: rows(angles.map((a) => unit(a + 1))) }; // sample i looks like sample i + 1: only the last two find themselves
  const found = await crossViewRetrieval(gpu, [plain, near, turned], [1, 4]);
  expect(found?.ks).toEqual([1, 4]);
  expect(found?.chance).toEqual([0.25, 1]);
  expect(found?.pairs.map(({ from, to }) => `${from} ${to}`)).toEqual(
    ["plain near", "plain turned", "near plain", "near turned", "turned plain", "turned near"], // biome-ignore format: a list
  );
  const recall = (from: string, to: string) => found?.pairs.find((pair) => pair.from === from && pair.to === to)?.recalls;
  expect(recall("plain", "near")).toEqual([1, 1]);
  expect(recall("plain", "turned")).toEqual([0.25, 1]); // 0 finds itself (1 away; the others are farther), 1 to 3 find their neighbour
  expect(found?.mean[1]).toBe(1);
  const mean = (found?.pairs ?? []).reduce((sum, { recalls }) => sum + (recalls[0] ?? 0), 0) / 6;
  expect(found?.mean[0]).toBeCloseTo(mean, 12);
});

test("only samples that have both views count", async () => {
  const gpu = await testGpu();
  const a = { name: "a", rows: rows(angles.map(unit)), present: Uint8Array.of(1, 1, 0, 1) };
  const b = { name: "b", rows: rows(angles.map(unit)), present: Uint8Array.of(1, 1, 1, 0) };
  const found = await crossViewRetrieval(gpu, [a, b]);
  expect(found?.pairs.map(({ samples }) => samples)).toEqual([2, 2]);
  expect(found).toMatchObject({ ks: [1], mean: [1], chance: [0.5] });
  const lone = { ...b, present: Uint8Array.of(0, 0, 1, 0) };
  expect(await crossViewRetrieval(gpu, [a, lone])).toBeNull();
});

test("wrong input", async () => {
  const gpu = await testGpu();
  const a = { name: "a", rows: rows(angles.map(unit)) };
  await expect(crossViewRetrieval(gpu, [a])).rejects.toThrow(/at least two views, got 1/);
  await expect(crossViewRetrieval(gpu, [a, { name: "b", rows: rows([[1, 0]]) }])).rejects.toThrow(/a has 4 rows, b 1/);
});

test("rows side by side", () => {
  const both = sideBySide([rows([[1, 2], [3, 4]]), rows([[5], [6]])]); // biome-ignore format: two tables
  expect({ data: [...both.data], shape: both.shape }).toEqual({ data: [1, 2, 5, 3, 4, 6], shape: [2, 3] });
  expect(() => sideBySide([rows([[1]]), rows([[1], [2]])])).toThrow(/expected 1 in every part, got 2/);
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { memorySource, type Source } from "../../src/data/source.ts";
import { type Stl10Kind, stl10From } from "../../src/data/stl10.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { stlFiles, stlPixel } from "./stl10_bytes.ts";

const IMAGE = 27_648;
const source = (files = stlFiles()) => memorySource(files, "stl");

/** Whether all pixels are where they belong once rows follow rows. */
function isRowMajor(pixels: Uint8Array): boolean {
  return pixels.every((pixel, at) => {
    const [i, k, r, c] = [Math.floor(at / IMAGE), Math.floor(at / 9216) % 3, Math.floor(at / 96) % 96, at % 96];
    return pixel === stlPixel(i, k, r, c);
  });
}

test("the columns of the file become rows; labels count from 0", async () => {
  const { train, test: held } = await stl10From(source());
  expect([train.length, train.channels, train.height, train.width]).toEqual([20, 3, 96, 96]);
  expect([...(train.labels ?? [])].slice(8, 12)).toEqual([8, 9, 0, 1]);
  expect(train.classes?.[9]).toBe("truck");
  expect(isRowMajor(train.pixels())).toBe(true);
  expect([held.length, held.labels?.[11], isRowMajor(held.pixels())]).toEqual([12, 1, true]);
});

test("without labels: none to train on, all held out; more images than are read at a time", async () => {
  const { train, test: held } = await stl10From(source(), "stl10-unlabeled");
  expect([train.length, train.labels, isRowMajor(train.pixels())]).toEqual([300, undefined, true]);
  expect(held.labels).toHaveLength(12);
});

test("reads no byte of the images that were not asked for", async () => {
  const inner = source();
  const read = new Map<string, number>();
  const counting: Source = {
    ...inner,
    read(path, offset, length) {
      read.set(path, Math.max(read.get(path) ?? 0, offset + length));
      return inner.read(path, offset, length);
    },
  };
  const { train, test: held } = await stl10From(counting, "stl10-unlabeled", { limit: 5, test: 2 });
  expect([train.name, train.length, held.length]).toEqual(["stl10-unlabeled/train (5 of 300)", 5, 2]);
  expect(Object.fromEntries(read)).toEqual({
    "unlabeled_X.bin": 5 * IMAGE,
    "test_X.bin": 2 * IMAGE,
    "test_y.bin": 2,
    "class_names.txt": 55,
  });
  await expect(stl10From(source(), "stl10", { limit: 21 })).rejects.toThrow(/limit 21: expected an integer from 1 to 20/);
});

test("more than 2 GiB of images is refused before a byte of them is read", async () => {
  const inner = source();
  const large: Source = { ...inner, size: async (path) => (path === "unlabeled_X.bin" ? 100_000 * IMAGE : inner.size(path)) };
  await expect(stl10From(large, "stl10-unlabeled")).rejects.toThrow(/100000 images take more than 2 GiB: take at most 77672/);
  expect((await stl10From(large, "stl10-unlabeled", { limit: 10 })).train.length).toBe(10);
});

test("the command line reads it from a folder or one above it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "nearfar-stl-"));
  try {
    await mkdir(join(dir, "stl10_binary"));
    for (const [name, bytes] of stlFiles()) await writeFile(join(dir, "stl10_binary", name), bytes);
    const load = (name: string, folder: string | null) => loadData({ name, folder, limit: 4, test: null });
    const [above, below] = [await load("stl10", dir), await load("stl10", join(dir, "stl10_binary"))];
    expect(above.train.fingerprint).toBe(below.train.fingerprint);
    expect([above.train.length, above.test.length]).toEqual([4, 12]);
    expect((await load("stl10-unlabeled", dir)).train.labels).toBeUndefined();
    await expect(load("stl10", null)).rejects.toThrow(/--data-dir/);
  } finally {
    await rm(dir, { recursive: true });
  }
});

const bytes = (...values: number[]) => Uint8Array.from(values);
test.each<[string, Stl10Kind, string, Uint8Array, RegExp]>([
  ["truncated images", "stl10", "train_X.bin", new Uint8Array(20 * IMAGE - 1), /train_X\.bin: file size: expected a multiple of 27648/],
  ["empty images", "stl10-unlabeled", "unlabeled_X.bin", bytes(), /unlabeled_X\.bin: file size.*found 0/],
  ["too few labels", "stl10", "train_y.bin", bytes(1, 2), /train_y\.bin: labels do not match train_X\.bin: expected 20 labels, found 2/],
  ["a label of 0", "stl10", "test_y.bin", new Uint8Array(12), /byte 0 \(label of image 0\): expected 1 to 10, found 0/],
  ["a label of 11", "stl10-unlabeled", "test_y.bin", new Uint8Array(12).fill(11), /expected 1 to 10, found 11/],
  ["other class names", "stl10", "class_names.txt", bytes(97, 10), /expected 10 class names, found 1/],
])("refuses %s", async (_, kind, name, content, message) => {
  const refused = stl10From(source(stlFiles().set(name, content)), kind);
  await expect(refused).rejects.toThrow(FormatError);
  await expect(refused).rejects.toThrow(message);
});

test("names the file that is missing", async () => {
  const files = stlFiles();
  files.delete("unlabeled_X.bin");
  await expect(stl10From(source(files), "stl10-unlabeled")).rejects.toThrow(UsageError);
  await expect(stl10From(source(files), "stl10-unlabeled")).rejects.toThrow(/no unlabeled_X\.bin/);
  expect((await stl10From(source(files))).train.length).toBe(20);
});

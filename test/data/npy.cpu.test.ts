import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { NPY_FILES, type NpyOptions, npyFrom } from "../../src/data/npy.ts";
import { memorySource } from "../../src/data/source.ts";
import { FormatError, UsageError } from "../../src/errors.ts";

/** A file as numpy.save writes it (format 1.0), put together here. */
function npy(descr: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`.padEnd(117);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\0\x76\0", "latin1"), Buffer.from(`${header}\n`), data]);
}

const size = (shape: readonly number[]) => shape.reduce((product, n) => product * n, 1);
/** Images whose bytes count up from `first`. */
const images = (shape: readonly number[], first = 0) =>
  npy(
    "|u1",
    shape,
    Uint8Array.from({ length: size(shape) }, (_, i) => first + i),
  );
const int64 = (labels: readonly number[]) => npy("<i8", [labels.length], new Uint8Array(BigInt64Array.from(labels, BigInt).buffer));

type Files = { [name: string]: Uint8Array };
const load = (files: Files, options: NpyOptions = {}) => npyFrom(memorySource(new Map(Object.entries(files)), "d"), options);

test("train and test files with labels of any integer type, in a folder", async () => {
  const labels = npy("<u2", [2, 1], new Uint8Array(Uint16Array.of(3, 1).buffer));
  const files = {
    "f/train_images.npy": images([3, 2, 4]),
    "f/train_labels.npy": int64([0, 2, 1]),
    "f/test_images.npy": images([2, 2, 4], 50),
    "f/test_labels.npy": labels,
  };
  const { train, test: held } = await load(files);
  expect([train.name, train.length, train.channels, train.height, train.width]).toEqual(["npy/train", 3, 1, 2, 4]);
  expect([[...train.labels!], [...held.labels!], train.classes]).toEqual([
    [0, 2, 1],
    [3, 1],
    ["0", "1", "2", "3"],
  ]);
  expect([train.pixels()[23], held.pixels()[0], held.pixels()[15]]).toEqual([23, 50, 65]);
  const named = await load({ ...files, "f/class_names.txt": Buffer.from("ant\nbee\ncat\ndog\n") });
  expect(named.test.classes).toEqual(["ant", "bee", "cat", "dog"]);
  const some = await load(files, { limit: 2, test: 100 });
  expect([some.train.name, some.train.length, [...some.train.labels!], some.test.length]).toEqual(["npy/train (2 of 3)", 2, [0, 2], 2]);
});

test("x.npy alone: every fifth image of a class is held out", async () => {
  const unlabelled = await load({ "x.npy": images([11, 1, 2]) });
  expect([unlabelled.train.length, unlabelled.train.labels, [...unlabelled.test.pixels()]]).toEqual([9, undefined, [8, 9, 18, 19]]);
  const labels = [0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1];
  const { train, test: held } = await load({ "x.npy": images([11, 1, 2]), "y.npy": int64(labels) }, { holdOut: 2, limit: 5 });
  expect([[...held.pixels()].filter((_, i) => i % 2 === 0), [...held.labels!]]).toEqual([
    [4, 6, 12, 16, 20],
    [0, 1, 1, 1, 1],
  ]);
  expect([[...train.pixels()].filter((_, i) => i % 2 === 0), [...train.labels!]]).toEqual([
    [0, 2, 8, 10, 14],
    [0, 1, 0, 1, 1],
  ]);
  await expect(load({ "x.npy": images([4, 1, 2]) })).rejects.toThrow(/4 images without a test part/);
});

test("channels are the axis of length 1 or 3, or the one that layout names", async () => {
  const planes = (options: NpyOptions, shape: readonly number[]) =>
    load({ "train_images.npy": images(shape), "test_images.npy": images(shape, 1) }, options).then(({ train }) => [
      [train.channels, train.height, train.width],
      [...train.pixels().subarray(0, 6)],
    ]);
  expect(await planes({}, [1, 2, 4, 3])).toEqual([
    [3, 2, 4],
    [0, 3, 6, 9, 12, 15],
  ]);
  expect(await planes({}, [1, 3, 2, 4])).toEqual([
    [3, 2, 4],
    [0, 1, 2, 3, 4, 5],
  ]);
  expect(await planes({}, [2, 5, 4, 1])).toEqual([
    [1, 5, 4],
    [0, 1, 2, 3, 4, 5],
  ]);
  expect(await planes({}, [2, 1, 5, 4])).toEqual([
    [1, 5, 4],
    [0, 1, 2, 3, 4, 5],
  ]);
  expect(await planes({ layout: "NHWC" }, [1, 3, 3, 3])).toEqual([
    [3, 3, 3],
    [0, 3, 6, 9, 12, 15],
  ]);
  expect(await planes({ layout: "NCHW" }, [1, 3, 3, 3])).toEqual([
    [3, 3, 3],
    [0, 1, 2, 3, 4, 5],
  ]);
  expect(await planes({ layout: "NHWC" }, [1, 2, 3, 4])).toEqual([
    [4, 2, 3],
    [0, 4, 8, 12, 16, 20],
  ]);
});

test("size brings images to another one", async () => {
  const flat = npy("|u1", [5, 4, 8, 3], new Uint8Array(5 * 96).fill(9));
  const { train } = await load({ "x.npy": flat }, { size: [2, 2] });
  expect([train.height, train.width, new Set(train.pixels())]).toEqual([2, 2, new Set([9])]);
});

test("files larger than a piece are read piece by piece", async () => {
  const source = memorySource(new Map([["x.npy", images([90, 400, 300])]]), "d"); // 10.8 MB
  const lengths: number[] = [];
  const read = (path: string, at: number, length: number) => {
    lengths.push(length);
    return source.read(path, at, length);
  };
  const watched = { ...source, read };
  const { train, test: held } = await npyFrom(watched);
  expect([train.length, held.length, Math.max(...lengths) <= 2 ** 23]).toEqual([72, 18, true]);
  const first = (i: number) => (i * 120_000) & 255;
  expect([train.pixels()[0], train.pixels()[71 * 120_000], held.pixels()[17 * 120_000]]).toEqual([first(0), first(88), first(89)]);
});

const good: Files = {
  "train_images.npy": images([2, 2, 2]),
  "train_labels.npy": int64([0, 1]),
  "test_images.npy": images([1, 2, 2]),
  "test_labels.npy": int64([1]),
};
test.each<[string, Files, RegExp, typeof FormatError | typeof UsageError]>([
  ["no files", { "a.txt": new Uint8Array() }, /no x\.npy: expected the files of npy images, or train_images\.npy/, UsageError],
  [
    "floats",
    { ...good, "train_images.npy": npy("<f4", [1, 2, 2], new Uint8Array(16)) },
    /expected levels 0 to 255 as \|u1, found <f4: save them with/,
    FormatError,
  ],
  ["two axes", { ...good, "train_images.npy": images([2, 4]) }, /expected images \[N, H, W\].*found \[2, 4\]/, FormatError],
  ["no image", { ...good, "train_images.npy": images([0, 2, 2]) }, /at least one pixel/, FormatError],
  [
    "two axes that could be channels",
    { "x.npy": images([9, 3, 5, 3]) },
    /both the second and the last axis could be the channels \(1 or 3\): say which, layout: "NHWC" or "NCHW"/,
    UsageError,
  ],
  ["no axis that could be", { "x.npy": images([2, 4, 5, 6]) }, /neither the second nor the last axis/, UsageError],
  [
    "truncated images",
    { ...good, "test_images.npy": images([1, 2, 2]).subarray(0, -1) },
    /test_images\.npy: data: expected 4 bytes .* found 3 bytes/,
    FormatError,
  ],
  [
    "other labels",
    { ...good, "train_labels.npy": int64([0, 1, 2]) },
    /labels do not match train_images\.npy: expected 2 labels, found 3/,
    FormatError,
  ],
  ["a negative label", { ...good, "train_labels.npy": int64([0, -1]) }, /label of image 1: expected 0 to 65535, found -1/, FormatError],
  [
    "labels as floats",
    { ...good, "test_labels.npy": npy("<f8", [1], new Uint8Array(8)) },
    /expected whole numbers, found <f8/,
    FormatError,
  ],
  [
    "one-hot labels",
    { ...good, "test_labels.npy": npy("|u1", [1, 3], new Uint8Array(3)) },
    /expected labels \[N\], found \[1, 3\]/,
    FormatError,
  ],
  [
    "another size in the test part",
    { ...good, "test_images.npy": images([1, 2, 3]) },
    /expected images of 1 x 2 x 2 as in train_images\.npy, found 1 x 2 x 3/,
    FormatError,
  ],
  ["other class names", { ...good, "class_names.txt": Buffer.from("one\n") }, /expected 2 class names, found 1/, FormatError],
])("refuses %s", async (_, files, message, kind) => {
  await expect(load(files)).rejects.toThrow(kind);
  await expect(load(files)).rejects.toThrow(message);
});

test("refuses options that are none", async () => {
  await expect(load(good, { layout: "CHWN" } as never)).rejects.toThrow(/npy: layout: expected one of NHWC, NCHW/);
  await expect(load(good, { channels: 3 } as never)).rejects.toThrow(/npy: unknown option "channels"/);
  await expect(load({ "x.npy": images([9, 6, 5, 6]) }, { layout: "NCHW" })).rejects.toThrow(/expected 1 to 4 channels, found 6/);
  await expect(load(good, { limit: 3 })).rejects.toThrow(/limit 3: expected an integer from 1 to 2/);
});

test("--data npy reads a folder, with the config's fields", async () => {
  const dir = await mkdtemp(join(tmpdir(), "nearfar-npy-"));
  try {
    await writeFile(join(dir, "x.npy"), images([10, 3, 3, 3]));
    const { train, test: held } = await loadData({ name: "npy", folder: dir, limit: 4, test: 2000, layout: "NCHW", size: [2, 2] });
    expect([train.length, held.length, train.channels, train.height]).toEqual([4, 2, 3, 2]);
  } finally {
    await rm(dir, { recursive: true });
  }
  expect(NPY_FILES).toEqual([
    "train_images.npy",
    "train_labels.npy",
    "test_images.npy",
    "test_labels.npy",
    "x.npy",
    "y.npy",
    "class_names.txt",
  ]);
});

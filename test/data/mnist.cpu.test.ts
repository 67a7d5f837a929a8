import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MNIST_FILES, type MnistPart, mnistFromFiles } from "../../src/data/mnist.ts";
import { FormatError } from "../../src/errors.ts";
import { idxU8, tinyMnist } from "./mnist_bytes.ts";

const load = (change: Partial<Record<MnistPart, Uint8Array>> = {}) => {
  const files = { ...tinyMnist(), ...change };
  const named = (part: MnistPart) => ({ name: MNIST_FILES[part], bytes: files[part] });
  return mnistFromFiles({
    trainImages: named("trainImages"),
    trainLabels: named("trainLabels"),
    testImages: named("testImages"),
    testLabels: named("testLabels"),
  });
};

describe("mnistFromFiles", () => {
  it("builds a training and a test set", async () => {
    const { train, test } = await load();
    expect([train.name, train.length, train.channels, train.height, train.width]).toEqual(["mnist/train", 3, 1, 2, 2]);
    expect([train.labels, train.classes?.length]).toEqual([Uint32Array.of(7, 0, 9), 10]);
    expect([test.name, test.length, test.labels, test.pixels()]).toEqual([
      "mnist/test",
      1,
      Uint32Array.of(4),
      Uint8Array.of(100, 101, 102, 103),
    ]);
  });

  it("takes gzip-compressed files", async () => {
    const { train } = await load({ trainImages: gzipSync(tinyMnist().trainImages) });
    expect(train.fingerprint).toBe((await load()).train.fingerprint);
  });

  const bad: readonly [string, Partial<Record<MnistPart, Uint8Array>>, string][] = [
    [
      "labels of another number",
      { trainLabels: idxU8([2], [1, 2]) },
      "train-labels-idx1-ubyte: labels do not match train-images-idx3-ubyte: expected 3 labels, found 2",
    ],
    [
      "labels where images belong",
      { testImages: idxU8([1], [4]) },
      "t10k-images-idx3-ubyte: expected images [N, H, W] of u8, found u8 [1]",
    ],
    [
      "images where labels belong",
      { testLabels: tinyMnist().testImages },
      "t10k-labels-idx1-ubyte: expected labels [N] of u8, found u8 [1, 2, 2]",
    ],
    ["signed bytes", { testLabels: Uint8Array.of(0, 0, 9, 1, 0, 0, 0, 1, 4) }, "expected labels [N] of u8, found i8 [1]"],
    [
      "a label above 9",
      { trainLabels: idxU8([3], [1, 10, 2]) },
      "mnist/train: label of sample 1: expected an integer from 0 to 9, found 10",
    ],
    ["no images", { testImages: idxU8([0, 2, 2], []), testLabels: idxU8([0], []) }, "expected at least one pixel, found images [0, 2, 2]"],
    [
      "test images of another size",
      { testImages: idxU8([1, 4, 1], [1, 2, 3, 4]) },
      "expected images of 2 x 2 as in the training set, found 4 x 1",
    ],
    ["a truncated file", { trainImages: tinyMnist().trainImages.subarray(0, 20) }, "train-images-idx3-ubyte: file size: expected 28 bytes"],
    ["a wrong magic number", { trainImages: new TextEncoder().encode("GIF89a..") }, "train-images-idx3-ubyte: byte 0 (magic number)"],
  ];
  it.each(bad)("refuses %s", async (_, change, message) => {
    await expect(load(change)).rejects.toThrow(FormatError);
    await expect(load(change)).rejects.toThrow(message);
  });
});

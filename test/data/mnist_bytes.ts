import type { MnistPart } from "../../src/data/mnist.ts";

/** An IDX file of bytes. */
export function idxU8(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length);
  file.set([0, 0, 8, shape.length]);
  shape.forEach((size, i) => {
    new DataView(file.buffer).setUint32(4 + 4 * i, size);
  });
  file.set(data, 4 + 4 * shape.length);
  return file;
}

/** A data set in the form of MNIST: three training images and one test image of 2 x 2. */
export function tinyMnist(): Record<MnistPart, Uint8Array> {
  return {
    trainImages: idxU8([3, 2, 2], [...Array(12).keys()]),
    trainLabels: idxU8([3], [7, 0, 9]),
    testImages: idxU8([1, 2, 2], [100, 101, 102, 103]),
    testLabels: idxU8([1], [4]),
  };
}

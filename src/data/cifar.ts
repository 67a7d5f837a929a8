import { concatBytes } from "../formats/bytes.ts";
import { type CifarKind, readCifar } from "../formats/cifar.ts";
import { classNames } from "./class_names.ts";
import { type ImageDataset, imageDataset } from "./images.ts";
import type { TrainTest } from "./mnist.ts";
import { folderWith, readWhole, type Source } from "./source.ts";

/** Where the parts of the binary versions lie, as published at https://www.cs.toronto.edu/~kriz/cifar.html */
const FILES = {
  cifar10: { train: [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`), test: "test_batch.bin", names: "batches.meta.txt", classes: 10 },
  cifar100: { train: ["train.bin"], test: "test.bin", names: "fine_label_names.txt", classes: 100 },
} as const;

/** All files that `cifarFrom` may read: for a source that cannot list its own. */
export function cifarFiles(kind: CifarKind): string[] {
  const { train, test, names } = FILES[kind];
  return [...train, test, names];
}

/**
 * CIFAR-10 or CIFAR-100 (Krizhevsky 2009) in its binary version: u8 images [N, 3, 32, 32], labelled with CIFAR-100's fine classes.
 * Classes are called by their numbers when the file of their names is not there.
 * @throws UsageError when a file is missing, FormatError when one is damaged, as `readCifar`, or names another number of classes
 */
export async function cifarFrom(source: Source, kind: CifarKind): Promise<TrainTest> {
  const files = FILES[kind];
  const folder = await folderWith(source, [...files.train, files.test], `${kind} (binary version)`);
  const classes = await classNames(source, folder + files.names, files.classes);
  const paths = (names: readonly string[]) => names.map((name) => folder + name);
  return {
    train: await split(source, kind, `${kind}/train`, paths(files.train), classes),
    test: await split(source, kind, `${kind}/test`, paths([files.test]), classes),
  };
}

async function split(source: Source, kind: CifarKind, name: string, paths: readonly string[], classes: string[]): Promise<ImageDataset> {
  const parts = [];
  for (const path of paths) {
    const { name: file, bytes } = await readWhole(source, path);
    parts.push(readCifar(bytes, kind, file));
  }
  const pixels = concatBytes(parts.map((part) => part.pixels));
  const labels = concatBytes(parts.map((part) => part.labels));
  return imageDataset({ name, channels: 3, height: 32, width: 32, pixels, labels, classes });
}

import { FormatError } from "../errors.ts";
import { readIdxFile } from "../formats/idx.ts";
import { type ImageDataset, imageDataset } from "./images.ts";

/** Bytes under the name that errors call them. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One of the four files of MNIST. */
export type MnistPart = "trainImages" | "trainLabels" | "testImages" | "testLabels";

/** The four files of MNIST, as they are called where MNIST is published. */
export const MNIST_FILES: Readonly<Record<MnistPart, string>> = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
};

/** The names under which the file may lie: as published, or with a dot as some unpackers write it; either with `.gz`. */
export function mnistFileNames(part: MnistPart): string[] {
  const name = MNIST_FILES[part];
  const dotted = name.replace("-idx", ".idx");
  return [name, `${name}.gz`, dotted, `${dotted}.gz`];
}

/** A data set with its held-out part. */
export interface TrainTest {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
}

/**
 * MNIST (LeCun et al. 1998), or a data set in the same four files with ten classes (Fashion-MNIST, KMNIST): u8 images [N, 1, H, W].
 * Files may be gzip-compressed.
 * @param name what to call the data set
 * @throws FormatError when a file is damaged, is not u8 of the right rank, when images and labels differ in number, when a
 * label is above 9, or when the test images have another size
 */
export async function mnistFromFiles(files: Readonly<Record<MnistPart, NamedBytes>>, name = "mnist"): Promise<TrainTest> {
  const train = await split(`${name}/train`, files.trainImages, files.trainLabels);
  const test = await split(`${name}/test`, files.testImages, files.testLabels);
  if (test.height !== train.height || test.width !== train.width) {
    throw new FormatError(
      `${files.testImages.name}: expected images of ${train.height} x ${train.width} as in the training set, found ${test.height} x ${test.width}`,
    );
  }
  return { train, test };
}

async function split(name: string, images: NamedBytes, labels: NamedBytes): Promise<ImageDataset> {
  const { shape, data: pixels } = await readBytes(images, 3, "images [N, H, W]");
  const { data: classOf } = await readBytes(labels, 1, "labels [N]");
  const [n = 0, height = 0, width = 0] = shape;
  if (classOf.length !== n) {
    throw new FormatError(`${labels.name}: labels do not match ${images.name}: expected ${n} labels, found ${classOf.length}`);
  }
  if (n * height * width === 0) throw new FormatError(`${images.name}: expected at least one pixel, found images [${shape.join(", ")}]`);
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  return imageDataset({ name, channels: 1, height, width, pixels, labels: classOf, classes });
}

async function readBytes({ name, bytes }: NamedBytes, rank: number, what: string) {
  const array = await readIdxFile(bytes, name);
  if (array.dtype !== "u8" || array.shape.length !== rank) {
    throw new FormatError(`${name}: expected ${what} of u8, found ${array.dtype} [${array.shape.join(", ")}]`);
  }
  return array;
}

import { FormatError, UsageError } from "../errors.ts";
import { STL10_CLASSES, STL10_IMAGE, STL10_SIDE, stl10Images, stl10Labels, stl10Rows } from "../formats/stl10.ts";
import { classNames } from "./class_names.ts";
import { subsetIndices } from "./dataset.ts";
import { type ImageDataset, imageDataset } from "./images.ts";
import type { TrainTest } from "./mnist.ts";
import { folderWith, type Source } from "./source.ts";

/** What to train on: the 5,000 labelled images, or the 100,000 without labels. */
export type Stl10Kind = "stl10" | "stl10-unlabeled";

/** The files of the binary version, as published at https://cs.stanford.edu/~acoates/stl10/ */
const FILES: Readonly<Record<Stl10Kind, readonly string[]>> = {
  stl10: ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin"],
  "stl10-unlabeled": ["unlabeled_X.bin", "test_X.bin", "test_y.bin"],
};
const NAMES = "class_names.txt";
/** All files that `stl10From` may read: for a source that cannot list its own. */
export const STL10_FILES: readonly string[] = [...new Set([...Object.values(FILES).flat(), NAMES])];

/** Images read and turned at a time: 7 MB. */
const CHUNK = 256;
/** Most bytes of images: they are held in memory, in one array. */
const MAX_BYTES = 2 ** 31;

/** How many images, the first of each file; null or left out: all. */
export interface Stl10Options {
  readonly limit?: number | null;
  readonly test?: number | null;
}

/**
 * STL-10 (Coates et al. 2011) in its binary version: u8 images [N, 3, 96, 96]. Only the images asked for are read, by ranges. The
 * held-out images are labelled; those of `stl10-unlabeled` that are trained on have no labels. Classes are called by their
 * numbers when class_names.txt is not there.
 * @throws UsageError when a file is missing, more images are asked for than there are, or all of them are more than 2 GiB;
 * FormatError when a file is no whole number of images, a label is not 1 to 10, or images and labels differ in number
 */
export async function stl10From(source: Source, kind: Stl10Kind = "stl10", options: Stl10Options = {}): Promise<TrainTest> {
  const folder = await folderWith(source, FILES[kind], `${kind} (binary version)`);
  const classes = await classNames(source, folder + NAMES, STL10_CLASSES);
  const limit = options.limit ?? undefined;
  const part = kind === "stl10" ? { images: "train_X.bin", labels: "train_y.bin", limit } : { images: "unlabeled_X.bin", limit };
  const held = { images: "test_X.bin", labels: "test_y.bin", limit: options.test ?? undefined };
  return {
    train: await split(source, folder, `${kind}/train`, part, classes),
    test: await split(source, folder, `${kind}/test`, held, classes),
  };
}

interface Part {
  readonly images: string;
  readonly labels?: string;
  readonly limit: number | undefined;
}

async function split(source: Source, folder: string, name: string, part: Part, classes: readonly string[]): Promise<ImageDataset> {
  const path = folder + part.images;
  const total = stl10Images(await source.size(path), `${source.name}/${path}`);
  const count = part.limit === undefined ? total : subsetIndices(total, { limit: part.limit }).length;
  if (count * STL10_IMAGE > MAX_BYTES) {
    const most = Math.floor(MAX_BYTES / STL10_IMAGE);
    throw new UsageError(`${source.name}/${path}: ${count} images take more than 2 GiB: take at most ${most} of them (--limit)`);
  }
  const labels = part.labels === undefined ? undefined : await labelsOf(source, folder + part.labels, { path, total, count });
  const pixels = await images(source, path, count);
  const called = count === total ? name : `${name} (${count} of ${total})`;
  const [height, width] = [STL10_SIDE, STL10_SIDE];
  return imageDataset({ name: called, channels: 3, height, width, pixels, classes, ...(labels && { labels }) });
}

/** The first `count` images, a piece at a time, so that the file's own order of pixels needs no second copy of them all. */
async function images(source: Source, path: string, count: number): Promise<Uint8Array> {
  const pixels = new Uint8Array(count * STL10_IMAGE);
  for (let first = 0; first < count; first += CHUNK) {
    const [from, length] = [first * STL10_IMAGE, Math.min(CHUNK, count - first) * STL10_IMAGE];
    stl10Rows(await source.read(path, from, length), pixels.subarray(from, from + length));
  }
  return pixels;
}

async function labelsOf(source: Source, path: string, of: { path: string; total: number; count: number }): Promise<Uint8Array> {
  const name = `${source.name}/${path}`;
  const size = await source.size(path);
  if (size !== of.total) throw new FormatError(`${name}: labels do not match ${of.path}: expected ${of.total} labels, found ${size}`);
  return stl10Labels(await source.read(path, 0, of.count), name);
}

import { FormatError, UsageError } from "../errors.ts";
import { checkNpySize, NPY_HEADER_BYTES, readNpy, readNpyHeader } from "../formats/npy.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { classNames } from "./class_names.ts";
import { subsetIndices } from "./dataset.ts";
import { HOLD_OUT, holdOut } from "./hold_out.ts";
import { checkFit } from "./image_folder.ts";
import { type ImageDataset, imageDataset } from "./images.ts";
import type { TrainTest } from "./mnist.ts";
import { type Fit, fitImage } from "./resize.ts";
import { folderWith, readWhole, type Source } from "./source.ts";

/** Order of the axes: channels last (TensorFlow, Pillow) or first (PyTorch). */
export type NpyLayout = "NHWC" | "NCHW";

/** What `npyFrom` accepts; null counts as left out. */
export interface NpyOptions {
  /** Needed where the shape does not tell. */
  readonly layout?: NpyLayout | null;
  /** Height and width that all images are brought to, as `fitImage`. Default: their own. */
  readonly size?: readonly [number, number] | null;
  /** Default "crop". */
  readonly fit?: Fit | null;
  /** Without test images: every how manieth image of a class is held out (see `holdOut`). Default 5. */
  readonly holdOut?: number | null;
  /** How many training images, the first ones. Default all. */
  readonly limit?: number | null;
  /** How many held-out images at most, the first ones. */
  readonly test?: number | null;
}

const PAIRED = { images: "train_images.npy", labels: "train_labels.npy" };
const TEST = { images: "test_images.npy", labels: "test_labels.npy" };
const SINGLE = { images: "x.npy", labels: "y.npy" };
const NAMES = "class_names.txt";
/** All files that `npyFrom` may read: for a source that cannot list its own. */
export const NPY_FILES: readonly string[] = [...[PAIRED, TEST, SINGLE].flatMap(({ images, labels }) => [images, labels]), NAMES];

/** Bytes read at a time: images are rearranged piece by piece, so that no second copy of a large file is needed. */
const CHUNK = 2 ** 23;
/** Most bytes of images: they are held in memory, in one array. */
const MAX_BYTES = 2 ** 31;
/** More classes than that are no classes. */
const MAX_CLASSES = 2 ** 16;

/**
 * Images from NumPy files in one folder: `train_images.npy` and `test_images.npy`, or `x.npy` alone; without test images a share is held
 * out. Labels (`train_labels.npy`, `test_labels.npy`, `y.npy`: integers [N] or [N, 1]) may be left out, and named, one a line, in
 * `class_names.txt`. Images are u8 [N, H, W] (grey), [N, H, W, C] or [N, C, H, W]: of four axes the one of length 1 or 3 is the channels;
 * when both or none could be, or for 2 or 4 channels, `layout` must say. Only the images asked for are kept.
 * @throws UsageError when a file is missing, `layout` is needed, more images are asked for than there are, they take more than 2 GiB, and
 * as `holdOut`; FormatError for other types or shapes, labels that are negative or do not match, parts of different sizes
 */
export async function npyFrom(source: Source, options: NpyOptions = {}): Promise<TrainTest> {
  check(options);
  const { limit, test, holdOut: every } = options;
  const paths = new Set(await source.list());
  const paired = [...paths].some((path) => path === PAIRED.images || path.endsWith(`/${PAIRED.images}`));
  const main = paired ? PAIRED : SINGLE;
  const what = paired ? "npy images" : `npy images, or ${PAIRED.images}`;
  const folder = await folderWith(source, [main.images], what);
  const train = await open(source, folder, main, paths, options);
  const held = paired && paths.has(folder + TEST.images) ? await open(source, folder, TEST, paths, options) : undefined;
  const known = [train, held].flatMap((part) => (part?.labels ? [part.labels.reduce((most, label) => Math.max(most, label), 0) + 1] : []));
  const classes = known.length > 0 ? await classNames(source, folder + NAMES, Math.max(...known)) : undefined;
  const split = held ? { train: every1(train.length), test: every1(held.length) } : splitOf(train, every ?? HOLD_OUT, source.name);
  const rows = {
    train: limit ? split.train.subarray(0, subsetIndices(split.train.length, { limit }).length) : split.train,
    test: split.test.subarray(0, test ?? split.test.length),
  };
  const parts = {
    train: await load(source, train, { name: "npy/train", rows: rows.train, total: split.train.length }, options, classes),
    test: await load(source, held ?? train, { name: "npy/test", rows: rows.test, total: split.test.length }, options, classes),
  };
  const [a, b] = [sizeOf(parts.train), sizeOf(parts.test)];
  if (a !== b) throw new FormatError(`${source.name}/${folder}${TEST.images}: expected images of ${a} as in ${main.images}, found ${b}`);
  return parts;
}

const sizeOf = ({ channels, height, width }: ImageDataset): string => `${channels} x ${height} x ${width}`;
const every1 = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);
const splitOf = ({ labels, length }: NpyPart, every: number, name: string) => holdOut(labels ?? { length }, every, name);

/** A file of images, and how it is read. */
interface NpyPart {
  readonly path: string;
  readonly dataAt: number;
  readonly layout: NpyLayout;
  readonly length: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly labels?: Uint32Array;
}

type Files = typeof SINGLE;

async function open(source: Source, folder: string, files: Files, paths: ReadonlySet<string>, options: NpyOptions): Promise<NpyPart> {
  const path = folder + files.images;
  const name = `${source.name}/${path}`;
  const size = await source.size(path);
  const header = readNpyHeader(await source.read(path, 0, Math.min(size, NPY_HEADER_BYTES)), name);
  checkNpySize(header, size, name);
  const { dtype, shape, dataAt } = header;
  const [length = 0, a = 0, b = 0, c = 1] = shape;
  if (dtype !== "|u1") {
    throw new FormatError(
      `${name}: expected levels 0 to 255 as |u1, found ${dtype}: save them with .astype(numpy.uint8), scaled to 0..255`,
    );
  }
  if (shape.length !== 3 && shape.length !== 4) {
    throw new FormatError(`${name}: expected images [N, H, W], [N, H, W, C] or [N, C, H, W], found [${shape.join(", ")}]`);
  }
  if (shape.includes(0)) throw new FormatError(`${name}: expected at least one pixel, found images [${shape.join(", ")}]`);
  const layout = shape.length === 3 ? "NHWC" : layoutOf(shape, options.layout ?? undefined, name);
  const [channels, height, width] = shape.length === 3 ? [1, a, b] : layout === "NHWC" ? [c, a, b] : [a, b, c];
  const labels = paths.has(folder + files.labels) ? await labelsOf(source, folder + files.labels, { path, length }) : undefined;
  return { path, dataAt, layout, length, channels, height, width, ...(labels && { labels }) };
}

function layoutOf(shape: readonly number[], given: NpyLayout | undefined, name: string): NpyLayout {
  const isChannels = (size: number | undefined) => size === 1 || size === 3;
  const [first, last] = [isChannels(shape[1]), isChannels(shape[3])];
  if (!given && first === last) {
    const why = first ? "both the second and the last axis" : "neither the second nor the last axis";
    throw new UsageError(
      `${name}: images [${shape.join(", ")}]: ${why} could be the channels (1 or 3): say which, ` +
        'layout: "NHWC" or "NCHW" (data.layout in --config)',
    );
  }
  const layout = given ?? (first ? "NCHW" : "NHWC");
  const channels = (layout === "NCHW" ? shape[1] : shape[3]) ?? 0;
  if (channels > 4) throw new FormatError(`${name}: expected 1 to 4 channels, found ${channels} in [${shape.join(", ")}] as ${layout}`);
  return layout;
}

async function labelsOf(source: Source, path: string, of: { path: string; length: number }): Promise<Uint32Array> {
  const { name, bytes } = await readWhole(source, path);
  const { dtype, shape, data } = readNpy(bytes, name);
  if (dtype.includes("f")) throw new FormatError(`${name}: expected whole numbers, found ${dtype}: save them with .astype(numpy.int64)`);
  if (shape.length !== 1 && !(shape.length === 2 && shape[1] === 1)) {
    throw new FormatError(`${name}: expected labels [N], found [${shape.join(", ")}]`);
  }
  if (data.length !== of.length) {
    throw new FormatError(`${name}: labels do not match ${of.path}: expected ${of.length} labels, found ${data.length}`);
  }
  return Uint32Array.from(data as ArrayLike<number | bigint>, (value, i) => {
    const label = Number(value);
    if (label >= 0 && label < MAX_CLASSES) return label;
    throw new FormatError(`${name}: label of image ${i}: expected 0 to ${MAX_CLASSES - 1}, found ${value}`);
  });
}

interface Rows {
  readonly name: string;
  /** Ascending numbers of images. */
  readonly rows: Uint32Array;
  readonly total: number;
}

async function load(source: Source, part: NpyPart, { name, rows, total }: Rows, options: NpyOptions, classes?: readonly string[]) {
  const { size, fit } = options;
  const { channels } = part;
  const [height, width] = size ?? [part.height, part.width];
  const image = channels * height * width;
  if (rows.length * image > MAX_BYTES) {
    const most = Math.floor(MAX_BYTES / image);
    throw new UsageError(`${source.name}/${part.path}: ${rows.length} images take more than 2 GiB: take at most ${most} of them (--limit)`);
  }
  const pixels = new Uint8Array(rows.length * image);
  let done = 0;
  for await (const raw of imagesOf(source, part, rows)) {
    const decoded = { channels, height: part.height, width: part.width, pixels: raw };
    pixels.set(size ? fitImage(decoded, size, fit ?? "crop").pixels : raw, done++ * image);
  }
  const labels = part.labels && Uint32Array.from(rows, (row) => part.labels?.[row] ?? 0);
  const called = rows.length === total ? name : `${name} (${rows.length} of ${total})`;
  return imageDataset({ name: called, channels, height, width, pixels, ...(labels && classes && { labels, classes }) });
}

/** The images of `rows` one after the other, planar [C, H, W], read in pieces. */
async function* imagesOf(source: Source, part: NpyPart, rows: Uint32Array): AsyncGenerator<Uint8Array> {
  const { path, dataAt, channels, height, width, layout } = part;
  const bytes = channels * height * width;
  const most = Math.max(1, Math.floor(CHUNK / bytes));
  for (let i = 0; i < rows.length; ) {
    const first = rows[i] ?? 0;
    const count = Math.min(most, (rows[rows.length - 1] ?? first) - first + 1);
    const piece = await source.read(path, dataAt + first * bytes, count * bytes);
    for (; i < rows.length && (rows[i] ?? 0) < first + count; i++) {
      const at = ((rows[i] ?? 0) - first) * bytes;
      const image = piece.subarray(at, at + bytes);
      yield layout === "NHWC" && channels > 1 ? planes(image, channels) : image;
    }
  }
}

/** [H, W, C] to [C, H, W]. */
function planes(image: Uint8Array, channels: number): Uint8Array {
  const plane = image.length / channels;
  const out = new Uint8Array(image.length);
  for (let i = 0; i < plane; i++) for (let c = 0; c < channels; c++) out[c * plane + i] = image[i * channels + c] ?? 0;
  return out;
}

function check(options: NpyOptions): void {
  checkNames("npy", options, ["layout", "size", "fit", "holdOut", "limit", "test"]);
  const { layout, holdOut: every } = options;
  if (layout !== undefined && layout !== null) checkChoice("npy: layout", layout, ["NHWC", "NCHW"]);
  if (every !== undefined && every !== null) checkNumber("npy: holdOut", every, { min: 2, integer: true });
  checkFit("npy", options);
}

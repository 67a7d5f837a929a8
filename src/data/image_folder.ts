import { FormatError, UsageError } from "../errors.ts";
import { type ImageHeader, readImageHeader } from "../formats/image_header.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { subsetIndices } from "./dataset.ts";
import { type DecodedImage, type ImageDecoder, withChannels } from "./decoded.ts";
import { counted, type FolderLayout, type FolderSample, folderLayout, listed } from "./folder_layout.ts";
import { evenly, HOLD_OUT } from "./hold_out.ts";
import { type ImageDataset, imageDataset } from "./images.ts";
import { inOrder } from "./in_order.ts";
import type { TrainTest } from "./mnist.ts";
import { type Fit, fitImage } from "./resize.ts";
import { readWhole, type Source } from "./source.ts";

/** What `imageFolderFrom` accepts; null counts as left out. */
export interface ImageFolderOptions {
  /** Height and width that all images are brought to. Default: their own, which must then be the same. */
  readonly size?: readonly [number, number] | null;
  /** How, as `fitImage`. Default "crop". */
  readonly fit?: Fit | null;
  /** 1: all grey. 3: all RGB. Default: 3 when any of the images has colour. */
  readonly channels?: number | null;
  /** Leave files out that cannot be decoded, with a warning, instead of refusing the folder. Default false. */
  readonly skipBad?: boolean | null;
  /** Without a test part: every how manieth image of a class is held out (see `holdOut`). Default 5. */
  readonly holdOut?: number | null;
  /** How many training images, as many of each class as possible. Default all. */
  readonly limit?: number | null;
  /** How many held-out images at most, likewise. */
  readonly test?: number | null;
  /** Called with what a person should know. */
  readonly warn?: (message: string) => void;
}

/** Images from a folder, and which file is which sample. */
export interface ImageFolder extends TrainTest {
  /** Path of every sample, in their order. */
  readonly files: { readonly train: readonly string[]; readonly test: readonly string[] };
  /** Files left out because of `skipBad`. */
  readonly skipped: readonly BadFile[];
}

/** A file that cannot be decoded, and why. */
export interface BadFile {
  readonly path: string;
  readonly reason: string;
}

const NAMES = ["size", "fit", "channels", "skipBad", "holdOut", "limit", "test", "warn"];
/** Headers are nearly always within this; where they are not, the whole file is read. */
const HEADER_BYTES = 2 ** 16;
/** Most bytes of images: they are held in memory, in one array. */
const MAX_BYTES = 2 ** 31;

/**
 * PNG and JPEG files in class folders, parts and classes found as `folderLayout` says. A sample's number is its place among the files
 * sorted bytewise by path: it stays as long as the files do.
 *
 * Without `size` all images must have one size; grey ones become RGB when others have colour. Both are judged by the headers of all files,
 * used or not, which are not read when `size` and `channels` are given.
 * @throws UsageError as `folderLayout`, for images of different sizes without `size`, for more than 2 GiB of images
 * @throws FormatError for a file that cannot be decoded, unless `skipBad` leaves it out, or when no file of a part can be. A file that
 * cannot even be read (rights, network) always ends in an error: next time it might be there, and the others' numbers would shift
 */
export async function imageFolderFrom(source: Source, decode: ImageDecoder, options: ImageFolderOptions = {}): Promise<ImageFolder> {
  check(options);
  const { limit = null, test = null, warn = () => {}, holdOut } = options;
  const folders = await source.folders?.();
  const list = { name: source.name, paths: await source.list(), every: holdOut ?? HOLD_OUT, warn, ...(folders && { folders }) };
  const layout = folderLayout(list);
  const bad = new BadFiles(source.name, options.skipBad ?? false);
  const target = await survey(source, layout, options, bad);
  const good = { train: bad.without(layout.train, "training"), test: bad.without(layout.test, "held-out") };
  const most = { train: limit, test: test === null ? null : Math.min(test, good.test.length) };
  const parts = {
    train: await part(source, decode, { name: "images/train", samples: good.train, limit: most.train, target, bad }),
    test: await part(source, decode, { name: "images/test", samples: good.test, limit: most.test, target, bad }),
  };
  const { skipped } = bad;
  if (skipped.length > 0) {
    const lines = skipped.map(({ path, reason }) => `${path} (${reason})`);
    warn(`${source.name}: ${counted(skipped.length, "unreadable file")} left out: ${listed(lines, 20)}`);
  }
  const data = (key: "train" | "test") => dataset(parts[key], layout.classes, good[key].length);
  const files = { train: parts.train.samples.map(({ path }) => path), test: parts.test.samples.map(({ path }) => path) };
  return { train: data("train"), test: data("test"), files, skipped };
}

/** What all images are brought to. `size` is undefined when each has it already. */
interface Target {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly fit: Fit | undefined;
}

/** Settles size and channels by the headers. @throws UsageError when sizes differ and none is given */
async function survey(source: Source, { train, test }: FolderLayout, options: ImageFolderOptions, bad: BadFiles): Promise<Target> {
  const { size, channels } = options;
  const fit = size ? (options.fit ?? "crop") : undefined;
  if (size && channels) return { channels, height: size[0], width: size[1], fit };
  let first: { path: string; header: ImageHeader } | undefined;
  let colour = false;
  await inOrder(
    [...train, ...test],
    ({ path }) => headerOf(source, path),
    ({ path }, result) => {
      if (result instanceof Error) return bad.add(path, result);
      colour ||= result.channels === 3;
      first ??= { path, header: result };
      if (!size) checkSame(source.name, first, { path, header: result });
    },
  );
  if (first === undefined) throw new FormatError(`${source.name}: no file can be decoded, such as ${bad.first()}`);
  const [height, width] = size ?? [first.header.height, first.header.width];
  return { channels: channels ?? (colour ? 3 : 1), height, width, fit };
}

interface Found {
  readonly path: string;
  readonly header: { readonly height: number; readonly width: number };
}

function checkSame(name: string, a: Found, b: Found): void {
  const size = ({ header }: Found) => `${header.height} x ${header.width}`;
  if (size(a) === size(b)) return;
  throw new UsageError(
    `${name}: images of different sizes: ${a.path} is ${size(a)}, ${b.path} is ${size(b)} (height x width). ` +
      "Give the size to bring them all to: size: [height, width] (--image-size 32 or 32x48)",
  );
}

async function headerOf(source: Source, path: string): Promise<ImageHeader> {
  const name = `${source.name}/${path}`;
  const size = await source.size(path);
  const start = readImageHeader(await source.read(path, 0, Math.min(size, HEADER_BYTES)), name);
  const header = start ?? (size > HEADER_BYTES ? readImageHeader(await source.read(path, 0, size), name) : undefined);
  if (header === undefined) throw new FormatError(`${name}: the file ends within its header: truncated`);
  return header;
}

interface PartRequest {
  readonly name: string;
  readonly samples: readonly FolderSample[];
  readonly limit: number | null;
  readonly target: Target;
  readonly bad: BadFiles;
}

interface LoadedPart extends PartRequest {
  readonly pixels: Uint8Array;
}

/** Decodes the samples of one part, the first `limit` of them, evenly by class. */
async function part(source: Source, decode: ImageDecoder, request: PartRequest): Promise<LoadedPart> {
  const { samples: all, limit, target, bad } = request;
  const places =
    limit === null
      ? undefined
      : evenly(
          all.map(({ label }) => label),
          subsetIndices(all.length, { limit }).length,
        );
  const samples = places ? [...places].flatMap((i) => all[i] ?? []) : all;
  const bytes = target.channels * target.height * target.width;
  if (samples.length * bytes > MAX_BYTES) {
    const most = Math.floor(MAX_BYTES / bytes);
    throw new UsageError(`${source.name}: ${samples.length} images take more than 2 GiB: take at most ${most} of them (--limit)`);
  }
  const pixels = new Uint8Array(samples.length * bytes);
  const kept: FolderSample[] = [];
  await inOrder(
    samples,
    ({ path }) => load(source, decode, path, target),
    (sample, result) => {
      if (result instanceof Error) return bad.add(sample.path, result);
      pixels.set(result, kept.length * bytes);
      kept.push(sample);
    },
  );
  if (kept.length === 0) throw new FormatError(`${request.name}: no file can be decoded, such as ${bad.first()}`);
  return { ...request, samples: kept, pixels: pixels.subarray(0, kept.length * bytes) };
}

async function load(source: Source, decode: ImageDecoder, path: string, { channels, height, width, fit }: Target): Promise<Uint8Array> {
  const { name, bytes } = await readWhole(source, path);
  const image = checked(await decode(bytes, name), name);
  const fitted = fit ? fitImage(image, [height, width], fit) : image;
  if (fitted.height !== height || fitted.width !== width) throw new UsageError(`${name}: changed while it was read: start again`);
  return withChannels(fitted, channels).pixels;
}

/** A decoder is the caller's own: what it gives back is looked at. */
function checked(image: DecodedImage, name: string): DecodedImage {
  const { channels, height, width, pixels } = image;
  if ((channels === 1 || channels === 3) && pixels.length === channels * height * width) return image;
  throw new UsageError(`${name}: the decoder gave ${pixels.length} bytes for ${channels} x ${height} x ${width}: expected 1 or 3 planes`);
}

function dataset(
  { name, samples, limit, pixels, target }: LoadedPart,
  classes: readonly string[] | undefined,
  total: number,
): ImageDataset {
  const { channels, height, width } = target;
  const labels = samples.flatMap(({ label }) => label ?? []);
  const called = limit === null || limit === total ? name : `${name} (${samples.length} of ${total})`;
  const named = classes && labels.length > 0 ? { labels, classes } : {};
  return imageDataset({ name: called, channels, height, width, pixels, ...named });
}

/** Files that cannot be decoded: refused at once, or collected. */
class BadFiles {
  readonly skipped: BadFile[] = [];

  constructor(
    private readonly name: string,
    private readonly skip: boolean,
  ) {}

  /** @throws the error, unless it is about a file that may be skipped */
  add(path: string, error: Error): void {
    if (!(error instanceof FormatError)) throw error;
    if (!this.skip) {
      const what = "Repair the file or take it away, or leave such files out (skipBad; --skip-bad)";
      throw new FormatError(`${error.message}. ${what}`, { cause: error });
    }
    const prefix = `${this.name}/${path}: `;
    this.skipped.push({ path, reason: error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message });
  }

  /** The samples that are still good. @throws FormatError when none is */
  without(samples: readonly FolderSample[], what: string): readonly FolderSample[] {
    const bad = new Set(this.skipped.map(({ path }) => path));
    const good = samples.filter(({ path }) => !bad.has(path));
    if (good.length === 0) throw new FormatError(`${this.name}: no ${what} file can be decoded, such as ${this.first()}`);
    return good;
  }

  first(): string {
    const [file] = this.skipped;
    return file ? `${file.path} (${file.reason})` : "none";
  }
}

function check(options: ImageFolderOptions): void {
  checkNames("images", options, NAMES);
  const { channels, holdOut, skipBad } = options;
  checkFit("images", options);
  if (channels !== undefined && channels !== null && channels !== 1 && channels !== 3) {
    throw new UsageError(`images: channels: expected 1 (grey) or 3 (RGB), got ${JSON.stringify(channels)}`);
  }
  if (holdOut !== undefined && holdOut !== null) checkNumber("images: holdOut", holdOut, { min: 2, integer: true });
  if (typeof (skipBad ?? false) !== "boolean")
    throw new UsageError(`images: skipBad: expected true or false, got ${JSON.stringify(skipBad)}`);
}

/** @throws UsageError unless `size` is a height and a width of 1 to 4096, and `fit` a way to get there */
export function checkFit(where: string, { size, fit }: Pick<ImageFolderOptions, "size" | "fit">): void {
  if (fit !== undefined && fit !== null) checkChoice(`${where}: fit`, fit, ["crop", "stretch"]);
  if (size === undefined || size === null) return;
  if (!Array.isArray(size) || size.length !== 2)
    throw new UsageError(`${where}: size: expected [height, width], got ${JSON.stringify(size)}`);
  for (const side of size) checkNumber(`${where}: size`, side, { min: 1, max: 4096, integer: true });
}

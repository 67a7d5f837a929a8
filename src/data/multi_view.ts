import { FormatError, UsageError } from "../errors.ts";
import { crc32, crcHex } from "../formats/crc32.ts";
import { gather, type SubsetOptions, subsetIndices } from "./dataset.ts";
import { type ImageDataset, imageDataset, subset } from "./images.ts";

/**
 * One way of seeing every sample of a data set (a camera's image, depth, another artist's drawing). Views differ in channels and
 * meaning; all show the same frame, so that one crop serves all: heights and widths agree.
 */
export interface ViewImages {
  /** "image", "depth", "noto": unique within a data set. */
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** `levels` (default): bytes are intensities and may be interpolated. `classes`: one channel of class numbers, which may not. */
  readonly kind?: "levels" | "classes";
  /** Names of the class numbers, when `kind` is `classes`: every byte is below their number. */
  readonly classes?: readonly string[];
  /** Planar u8 [N, C, H, W]. The data set's own memory: do not write to it. */
  pixels(): Uint8Array;
  /** [N]: 1 where the sample has this view, 0 where its pixels mean nothing. Absent: all have it. */
  readonly present?: Uint8Array;
}

/** Samples that are seen in several ways at once. As an `ImageDataset` it is its first view. */
export interface MultiViewDataset extends ImageDataset {
  /** At least two; the first one is the data set's own images. */
  readonly views: readonly ViewImages[];
}

/** What a multi-view data set is made of. */
export interface MultiViewParts {
  readonly name: string;
  readonly views: readonly ViewImages[];
  /** Class of every sample, [N]. */
  readonly labels?: ArrayLike<number>;
  /** Class names; every label must be below their number. */
  readonly classes?: readonly string[];
}

export const isMultiView = (dataset: ImageDataset): dataset is MultiViewDataset => "views" in dataset;

/**
 * A data set over views in memory.
 * @throws UsageError for fewer than two views, a name used twice, or two views of the same pixels
 * @throws FormatError for views of different sizes or counts, class numbers out of range, a sample without any view, or a view that
 * no sample has; and as `imageDataset`
 */
export function multiViewDataset(parts: MultiViewParts): MultiViewDataset {
  const { name, views } = parts;
  const [first, second] = views;
  if (!first || !second) throw new UsageError(`${name}: expected at least two views, got ${views.length}`);
  const base = imageDataset({ ...parts, ...sizeOf(first), pixels: first.pixels() });
  for (const view of views) checkView(name, view, first, base.length);
  const prints = views.map(printOf);
  checkDistinct(name, views, prints);
  checkPresence(name, views, base.length);
  // A spread would ask for the fingerprint of the first view.
  return Object.create(base, {
    views: { value: views, enumerable: true },
    fingerprint: { value: prints.join(" + ") },
  }) as MultiViewDataset;
}

/** Some of the samples, as `subset` of images: all views of them. @throws UsageError as `subsetIndices` */
export function multiViewSubset(dataset: MultiViewDataset, options: SubsetOptions): MultiViewDataset {
  const { name, labels, classes, length } = dataset;
  const chosen = subsetIndices(length, options);
  const views = dataset.views.map((view): ViewImages => {
    const pixels = gather(view.pixels(), view.channels * view.height * view.width, chosen);
    return { ...view, pixels: () => pixels, ...(view.present && { present: gather(view.present, 1, chosen) }) };
  });
  return multiViewDataset({
    name: chosen.length === length && options.indices === undefined ? name : `${name} (${chosen.length} of ${length})`,
    views,
    ...(labels && { labels: gather(labels, 1, chosen) }),
    ...(classes && { classes }),
  });
}

/** Some of the samples, of one view or of several. @throws UsageError as `subsetIndices` */
export function subsetOf(dataset: ImageDataset, options: SubsetOptions): ImageDataset {
  return isMultiView(dataset) ? multiViewSubset(dataset, options) : subset(dataset, options);
}

const sizeOf = ({ channels, height, width }: ViewImages) => ({ channels, height, width });

function checkView(name: string, view: ViewImages, first: ViewImages, length: number): void {
  const { channels, height, width, kind = "levels", classes = [], present } = view;
  if (height !== first.height || width !== first.width) {
    const expected = `${first.height} x ${first.width} as in ${first.name}`;
    throw new FormatError(`${name}: view ${view.name}: expected ${expected}, found ${height} x ${width}: views share their crops`);
  }
  const expected = length * channels * height * width;
  const pixels = view.pixels();
  if (pixels.length !== expected)
    throw new FormatError(`${name}: view ${view.name}: expected ${expected} bytes for ${length} samples, found ${pixels.length}`);
  if (present && (present.length !== length || present.some((flag) => flag > 1)))
    throw new FormatError(`${name}: view ${view.name}: expected ${length} flags of 0 or 1, found ${present.length}`);
  if (kind !== "classes") return;
  if (channels !== 1 || classes.length === 0)
    throw new FormatError(`${name}: view ${view.name}: class numbers need one channel and the names of the classes`);
  const stray = pixels.findIndex((byte) => byte >= classes.length);
  if (stray >= 0)
    throw new FormatError(`${name}: view ${view.name}: expected class numbers 0 to ${classes.length - 1}, found ${pixels[stray]}`);
}

/** Two views of one file would agree by themselves, and teach nothing. */
function checkDistinct(name: string, views: readonly ViewImages[], prints: readonly string[]): void {
  const names = views.map((view) => view.name);
  const again = names.find((view, i) => names.indexOf(view) < i);
  if (again !== undefined) throw new UsageError(`${name}: two views are called ${again}`);
  const second = prints.findIndex((print, i) => prints.indexOf(print) < i);
  if (second < 0) return;
  const first = prints.indexOf(prints[second] ?? "");
  throw new UsageError(`${name}: views ${names[first]} and ${names[second]} hold the same pixels: nothing to learn from`);
}

function checkPresence(name: string, views: readonly ViewImages[], length: number): void {
  const empty = views.find(({ present }) => present && !present.includes(1));
  if (empty) throw new FormatError(`${name}: view ${empty.name}: no sample has it: leave the view out`);
  for (let i = 0; i < length; i++) {
    if (views.every(({ present }) => present?.[i] === 0)) throw new FormatError(`${name}: sample ${i}: no view of it is there`);
  }
}

function printOf({ channels, height, width, pixels, present }: ViewImages): string {
  const masked = present ? ` present ${crcHex(crc32(present))}` : "";
  return `u8 ${channels}x${height}x${width} crc32 ${crcHex(crc32(pixels()))}${masked}`;
}

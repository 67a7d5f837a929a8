import { FormatError, UsageError } from "../errors.ts";
import { crc32, crcHex } from "../formats/crc32.ts";
import { type DataBatch, type Dataset, gather, type SubsetOptions, subsetIndices } from "./dataset.ts";
import { assertInRange } from "./indices.ts";

/** Images of one size, all in memory as bytes: 0 is black, 255 the full intensity of a channel. */
export interface ImageDataset extends Dataset<ImageBatch> {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** All images, planar u8 [N, C, H, W]: for residency on the GPU. The data set's own memory: do not write to it. */
  pixels(): Uint8Array;
}

/** Images of a batch: planar u8 [B, C, H, W]. */
export interface ImageBatch extends DataBatch {
  readonly pixels: Uint8Array;
}

/** What an image data set is made of. */
export interface ImageParts {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Planar u8 [N, C, H, W]; kept, not copied. */
  readonly pixels: Uint8Array;
  /** Class of every sample, [N]. */
  readonly labels?: ArrayLike<number>;
  /** Class names; every label must be below their number. */
  readonly classes?: readonly string[];
}

/**
 * A data set over images in memory.
 * @throws UsageError when a size is not a positive integer
 * @throws FormatError when the pixels are not a whole number of images, when there are none, or when the labels do not match
 */
export function imageDataset(parts: ImageParts): ImageDataset {
  const { name, channels, height, width, pixels, classes } = parts;
  const image = imageSize(parts);
  const length = pixels.length / image;
  const labels = parts.labels === undefined ? undefined : checkedLabels(name, length, parts.labels, classes);
  let fingerprint: string | undefined;
  return {
    name,
    length,
    channels,
    height,
    width,
    ...(labels && { labels }),
    ...(classes && { classes }),
    get fingerprint() {
      // Computed at the first question: one pass over the pixels, about a millisecond a megabyte.
      fingerprint ??= `images u8 ${length}x${channels}x${height}x${width} crc32 ${crcHex(crc32(pixels))}`;
      return fingerprint;
    },
    pixels: () => pixels,
    async batch(indices) {
      assertInRange(indices, length, `${name}: batch`);
      const batch = { indices, pixels: gather(pixels, image, indices) };
      return labels ? { ...batch, labels: gather(labels, 1, indices) } : batch;
    },
  };
}

/**
 * Some of the samples as a data set of their own, renumbered from 0 in the order given. A run of samples shares the memory of
 * the whole, chosen `indices` are copied. The fingerprint is that of the chosen samples.
 * @throws UsageError as `subsetIndices`
 */
export function subset(dataset: ImageDataset, options: SubsetOptions): ImageDataset {
  const { channels, height, width, classes, labels } = dataset;
  const chosen = subsetIndices(dataset.length, options);
  const image = channels * height * width;
  const first = options.indices === undefined ? (chosen[0] ?? 0) : undefined;
  const pixels =
    first === undefined
      ? gather(dataset.pixels(), image, chosen)
      : dataset.pixels().subarray(first * image, (first + chosen.length) * image);
  const name = chosen.length === dataset.length && first === 0 ? dataset.name : `${dataset.name} (${chosen.length} of ${dataset.length})`;
  return imageDataset({
    name,
    channels,
    height,
    width,
    pixels,
    ...(labels && { labels: gather(labels, 1, chosen) }),
    ...(classes && { classes }),
  });
}

/** Bytes of one image, after a check of all sizes. */
function imageSize({ name, channels, height, width, pixels }: ImageParts): number {
  for (const [what, size] of Object.entries({ channels, height, width })) {
    if (!Number.isInteger(size) || size < 1) throw new UsageError(`${name}: ${what} ${size}: expected a positive integer`);
  }
  const image = channels * height * width;
  if (pixels.length === 0) throw new FormatError(`${name}: expected at least one image, found none`);
  if (pixels.length % image !== 0) {
    throw new FormatError(`${name}: expected images of ${channels} x ${height} x ${width} = ${image} bytes, found ${pixels.length} bytes`);
  }
  return image;
}

function checkedLabels(name: string, length: number, labels: ArrayLike<number>, classes?: readonly string[]): Uint32Array {
  if (labels.length !== length) {
    throw new FormatError(`${name}: labels do not match the images: expected ${length} labels, found ${labels.length}`);
  }
  const limit = classes?.length ?? 2 ** 32;
  return Uint32Array.from(labels, (label, i) => {
    if (Number.isInteger(label) && label >= 0 && label < limit) return label;
    throw new FormatError(`${name}: label of sample ${i}: expected an integer from 0 to ${limit - 1}, found ${label}`);
  });
}

import { isTurned, type Orientation } from "./exif.ts";
import { fault } from "./fault.ts";
import { isJpeg, readJpegHeader } from "./jpeg.ts";
import { isPng, readPngHeader } from "./png_read.ts";

/** What a PNG or JPEG file says of itself before anything is decoded. */
export interface ImageHeader {
  readonly kind: "png" | "jpeg";
  /** Upright: `orientation` is taken into account. */
  readonly height: number;
  readonly width: number;
  /** 1: grey, 3: colour (palettes are). Alpha does not count. */
  readonly channels: 1 | 3;
  /** How stored pixels must be turned. PNG: as stored. */
  readonly orientation: Orientation;
}

/** Pixels that an image may declare: 64 million take 256 MiB while it is decoded. */
export const MAX_PIXELS = 2 ** 26;

/** What else people have, by its first bytes. */
const OTHERS: readonly (readonly [RegExp, string])[] = [
  [/^GIF8/, "a GIF"],
  [/^RIFF....WEBP/s, "a WebP"],
  [/^BM/, "a BMP"],
  [/^(?:II\*\0|MM\0\*)/, "a TIFF"],
  [/^....ftyp/s, "a HEIC, AVIF or film"],
  [/^\s*</, "a web page or SVG"],
];

/**
 * Reads the header of a PNG or JPEG file, whatever its name ends in.
 * @param bytes the file, or its beginning
 * @param maxPixels most pixels: a few kilobytes may declare gigabytes
 * @returns undefined when `bytes` end before the header does
 * @throws FormatError for other formats, damage, CMYK, and images of no or too many pixels
 */
export function readImageHeader(bytes: Uint8Array, name = "image", maxPixels = MAX_PIXELS): ImageHeader | undefined {
  if (bytes.length === 0) throw fault(name, "file size", "a PNG or JPEG image", "an empty file");
  if (bytes.length < 12 && !isPng(bytes) && !isJpeg(bytes)) return undefined;
  const header = isPng(bytes) ? png(bytes, name) : isJpeg(bytes) ? jpeg(bytes, name) : undefined;
  if (header === undefined && !isPng(bytes) && !isJpeg(bytes)) throw fault(name, "byte 0", "a PNG or JPEG image", startOf(bytes));
  if (header === undefined) return undefined;
  const { height, width } = header;
  if (height * width === 0) throw fault(name, "size", "at least one pixel", `${height} x ${width}`);
  if (height * width > maxPixels) throw fault(name, "size", `at most ${maxPixels} pixels`, `${height} x ${width}`);
  return header;
}

/** `readImageHeader` of a whole file. @throws FormatError also when it ends within the header */
export function wholeImageHeader(bytes: Uint8Array, name = "image", maxPixels = MAX_PIXELS): ImageHeader {
  const header = readImageHeader(bytes, name, maxPixels);
  if (header === undefined) throw fault(name, `byte ${bytes.length}`, "a PNG or JPEG image", "the end of the file: truncated");
  return header;
}

function png(bytes: Uint8Array, name: string): ImageHeader | undefined {
  const header = readPngHeader(bytes, name);
  if (header === undefined) return undefined;
  const { height, width, colourType } = header;
  return { kind: "png", height, width, channels: colourType === 0 || colourType === 4 ? 1 : 3, orientation: 1 };
}

function jpeg(bytes: Uint8Array, name: string): ImageHeader | undefined {
  const header = readJpegHeader(bytes, name);
  if (header === undefined) return undefined;
  const { channels, orientation } = header;
  const [height, width] = isTurned(orientation) ? [header.width, header.height] : [header.height, header.width];
  return { kind: "jpeg", height, width, channels, orientation };
}

function startOf(bytes: Uint8Array): string {
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  const guess = OTHERS.find(([pattern]) => pattern.test(text))?.[1];
  return guess ?? [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

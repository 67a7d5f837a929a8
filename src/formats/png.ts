import { UsageError } from "../errors.ts";
import { concatBytes } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { zlibCompress } from "./deflate.ts";

/** PNG colour type by number of channels: grey, RGB, RGB with alpha. */
const COLOUR_TYPE = { 1: 0, 3: 2, 4: 6 } as const;
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/**
 * Encodes an 8-bit picture as PNG (ISO/IEC 15948), synchronously and with the same bytes in every host.
 * @param pixels interleaved u8 [height, width, channels] (see `interleave` for planar images)
 * @param channels 1 grey, 3 RGB, 4 RGB with straight alpha
 * @throws UsageError when a size is not a positive integer, or the number of bytes does not match
 */
export function encodePng(pixels: Uint8Array, width: number, height: number, channels: 1 | 3 | 4): Uint8Array<ArrayBuffer> {
  const colourType = COLOUR_TYPE[channels];
  if (colourType === undefined) throw new UsageError(`PNG: ${channels} channels: expected 1, 3 or 4`);
  for (const size of [width, height]) {
    if (!Number.isInteger(size) || size < 1 || size >= 2 ** 31)
      throw new UsageError(`PNG: ${width} x ${height}: expected positive integers`);
  }
  const row = width * channels;
  if (pixels.length !== row * height) {
    throw new UsageError(`PNG: ${width} x ${height} x ${channels}: expected ${row * height} bytes, found ${pixels.length}`);
  }
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([8, colourType], 8); // bits a channel; compression, filter and interlace methods stay 0
  const lines = new Uint8Array((row + 1) * height); // each line opens with its filter: 0, none
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * row, (y + 1) * row), y * (row + 1) + 1);
  return concatBytes([
    Uint8Array.from(SIGNATURE),
    chunk("IHDR", header),
    chunk("IDAT", zlibCompress(lines)),
    chunk("IEND", new Uint8Array(0)),
  ]);
}

/** Planar u8 [C, H, W] to interleaved u8 [H, W, C]. */
export function interleave(planar: Uint8Array, channels: number): Uint8Array<ArrayBuffer> {
  const plane = planar.length / channels;
  return Uint8Array.from(planar, (_, i) => planar[(i % channels) * plane + Math.floor(i / channels)] ?? 0);
}

/** A PNG as a `data:` URL, for pages that must hold everything themselves. */
export function pngDataUrl(png: Uint8Array): string {
  let binary = "";
  // In pieces: a call takes only so many arguments.
  for (let i = 0; i < png.length; i += 0x2000) binary += String.fromCharCode(...png.subarray(i, i + 0x2000));
  return `data:image/png;base64,${btoa(binary)}`;
}

/** Length, type, data, CRC-32 of type and data. */
function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

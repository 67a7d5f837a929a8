import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { crc32 } from "../../src/formats/crc32.ts";

// Images written by sharp (libpng, libjpeg), and PNGs put together by hand for what sharp does not write.

/** Interleaved u8 [h, w, channels]: levels that differ from pixel to pixel, and with `seed`. */
export function noise(h: number, w: number, channels: number, seed = 0): Buffer {
  return Buffer.from(Array.from({ length: h * w * channels }, (_, i) => (i * 37 + (i >> 2) * 11 + seed * 53 + ((i * i) >> 4)) & 255));
}

/** A smooth picture, which JPEG keeps to within a few levels. */
export function smooth(h: number, w: number, channels: number, seed = 0): Buffer {
  const level = (y: number, x: number, c: number) => 128 + 90 * Math.sin(0.13 * x + 0.7 * seed + c) * Math.cos(0.17 * y - c);
  return Buffer.from(
    Array.from({ length: h * w * channels }, (_, i) => level(Math.floor(i / channels / w), Math.floor(i / channels) % w, i % channels)),
  );
}

const raw = (data: Buffer, height: number, width: number, channels: 1 | 2 | 3 | 4) => sharp(data, { raw: { width, height, channels } });

export const picture = (h: number, w: number, channels: 1 | 2 | 3 | 4, seed = 0) => raw(noise(h, w, channels, seed), h, w, channels);
export const photo = (h: number, w: number, channels: 1 | 3, seed = 0) => raw(smooth(h, w, channels, seed), h, w, channels);

/** A PNG of h x w. */
export const pngFile = async (h: number, w: number, channels: 1 | 2 | 3 | 4, seed = 0): Promise<Uint8Array> =>
  channels < 3 ? picture(h, w, channels, seed).toColourspace("b-w").png().toBuffer() : picture(h, w, channels, seed).png().toBuffer();

export const jpegFile = (h: number, w: number, channels: 1 | 3, seed = 0): Promise<Uint8Array> =>
  channels === 1 ? photo(h, w, 1, seed).toColourspace("b-w").jpeg().toBuffer() : photo(h, w, 3, seed).jpeg().toBuffer();

export const cmykFile = (h: number, w: number): Promise<Uint8Array> => photo(h, w, 3).toColourspace("cmyk").jpeg().toBuffer();

/** The pixels as sharp reads them: planar u8 [C, H, W], alpha laid on `background`. */
export async function readBySharp(file: Uint8Array, channels: 1 | 3, background = 255): Promise<number[]> {
  const flat = sharp(file)
    .autoOrient()
    .flatten({ background: { r: background, g: background, b: background } });
  const { data, info } = await flat.toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const plane = info.width * info.height;
  return Array.from({ length: channels * plane }, (_, i) => data[(i % plane) * info.channels + Math.floor(i / plane)] ?? -1);
}

/** One chunk of a PNG, with its checksum. */
export function chunk(type: string, data: Uint8Array): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, "latin1"), data, Buffer.alloc(4)]);
  bytes.writeUInt32BE(data.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
}

/** A PNG put together: `lines` are the filtered lines before compression. */
export function rawPng(
  header: { width: number; height: number; depth: number; type: number; interlace?: number },
  lines: Uint8Array,
  more: readonly Buffer[] = [],
): Buffer {
  const ihdr = Buffer.alloc(13);
  ihdr.writeUInt32BE(header.width, 0);
  ihdr.writeUInt32BE(header.height, 4);
  ihdr.set([header.depth, header.type, 0, 0, header.interlace ?? 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", ihdr), ...more, chunk("IDAT", deflateSync(lines)), chunk("IEND", Buffer.alloc(0))]);
}

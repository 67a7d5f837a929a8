import { inflateSync, crc32 as zlibCrc } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { adler32, zlibCompress } from "../../src/formats/deflate.ts";
import { encodePng, interleave, pngDataUrl } from "../../src/formats/png.ts";

/** Bytes with runs, repeats at all distances and noise, from a handful of numbers. */
function mixed(length: number, alphabet: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const run = 1 + ((state >>> 8) % 300);
    const back = 1 + ((state >>> 3) % 40_000);
    const kind = state >>> 30;
    for (const end = Math.min(length, i + run); i < end; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bytes[i] = kind === 0 ? seed : kind === 1 && i >= back ? bytes[i - back]! : (state >>> 24) % alphabet;
    }
  }
  return bytes;
}

describe("zlibCompress", () => {
  it("is undone by zlib, which also checks the Adler-32", () => {
    fc.assert(
      fc.property(fc.nat({ max: 5000 }), fc.integer({ min: 1, max: 256 }), fc.nat({ max: 255 }), (length, alphabet, seed) => {
        const data = mixed(length, alphabet, seed);
        expect(Buffer.compare(inflateSync(zlibCompress(data)), data)).toBe(0);
      }),
    );
    for (const length of [0, 1, 2, 3, 257, 258, 259, 32767, 32768, 32769, 200_000]) {
      for (const data of [mixed(length, 7, 5), new Uint8Array(length), mixed(length, 256, 9)]) {
        expect(Buffer.compare(inflateSync(zlibCompress(data)), data), `${length} bytes`).toBe(0);
      }
    }
  });

  it("shrinks what repeats, and grows noise by at most an eighth", () => {
    expect(zlibCompress(new Uint8Array(100_000)).length).toBeLessThan(700);
    const noise = Uint8Array.from({ length: 10_000 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);
    expect(zlibCompress(noise).length).toBeLessThanOrEqual((10_000 * 9) / 8 + 16);
  });

  it("knows the Adler-32 of RFC 1950", () => {
    expect(adler32(new TextEncoder().encode("Wikipedia"))).toBe(0x11e60398);
    expect(adler32(new Uint8Array(0))).toBe(1);
  });
});

/** An independent decoder of what we write: checks every chunk's CRC, inflates, takes the filter bytes off. */
function decode(png: Uint8Array) {
  const buffer = Buffer.from(png);
  expect(buffer.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1a\n");
  const chunks = new Map<string, Buffer>();
  for (let i = 8; i < buffer.length; ) {
    const length = buffer.readUInt32BE(i);
    expect(buffer.readUInt32BE(i + 8 + length)).toBe(zlibCrc(buffer.subarray(i + 4, i + 8 + length)));
    chunks.set(buffer.toString("latin1", i + 4, i + 8), buffer.subarray(i + 8, i + 8 + length));
    i += 12 + length;
  }
  expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
  const header = chunks.get("IHDR")!;
  const [width, height, colour] = [header.readUInt32BE(0), header.readUInt32BE(4), header[9]!];
  expect([...header.subarray(8)]).toEqual([8, colour, 0, 0, 0]);
  const lines = inflateSync(chunks.get("IDAT")!);
  const row = lines.length / height;
  const pixels: number[] = [];
  for (let y = 0; y < height; y++) {
    expect(lines[y * row]).toBe(0);
    pixels.push(...lines.subarray(y * row + 1, (y + 1) * row));
  }
  return { width, height, colour, pixels };
}

describe("encodePng", () => {
  it.each([
    [1, 0],
    [3, 2],
    [4, 6],
  ] as const)("encodes %d channels", (channels, colour) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), fc.nat({ max: 255 }), (width, height, seed) => {
        const pixels = mixed(width * height * channels, 256, seed);
        expect(decode(encodePng(pixels, width, height, channels))).toEqual({ width, height, colour, pixels: [...pixels] });
      }),
      { numRuns: 30 },
    );
  });

  it("turns planes into pixels", () => {
    expect(interleave(Uint8Array.of(1, 2, 3, 4, 5, 6), 3)).toEqual(Uint8Array.of(1, 3, 5, 2, 4, 6));
  });

  it("makes a data URL of any length", () => {
    const png = encodePng(mixed(90_000, 256, 3), 300, 300, 1);
    const url = pngDataUrl(png);
    expect(url.slice(0, 22)).toBe("data:image/png;base64,");
    expect(Buffer.from(url.slice(22), "base64").equals(png)).toBe(true);
  });

  const bad: readonly [string, [number, number, number, number], string][] = [
    ["missing bytes", [5, 2, 3, 1], "PNG: 2 x 3 x 1: expected 6 bytes, found 5"],
    ["no width", [0, 0, 3, 1], "PNG: 0 x 3: expected positive integers"],
    ["two channels", [12, 2, 3, 2], "PNG: 2 channels: expected 1, 3 or 4"],
  ];
  it.each(bad)("refuses %s", (_, [bytes, width, height, channels], message) => {
    const encode = () => encodePng(new Uint8Array(bytes), width, height, channels as 1);
    expect(encode).toThrow(UsageError);
    expect(encode).toThrow(message);
  });
});

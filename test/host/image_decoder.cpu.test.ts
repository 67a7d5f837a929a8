import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FormatError, UsageError } from "../../src/errors.ts";
import { nodeImageDecoder } from "../../src/host/image_decoder.ts";
import { chunk, cmykFile, jpegFile, noise, photo, picture, pngFile, rawPng, readBySharp } from "../data/image_bytes.ts";

const decode = nodeImageDecoder();

/** The largest difference to what sharp reads. */
async function difference(file: Uint8Array, channels: 1 | 3, options = {}): Promise<number> {
  const image = await nodeImageDecoder(options)(file, "f");
  expect(image.channels).toBe(channels);
  const expected = await readBySharp(file, channels, "background" in options ? (options.background as number) : 255);
  expect(image.pixels.length).toBe(expected.length);
  return Math.max(...expected.map((level, i) => Math.abs(level - (image.pixels[i] ?? 999))));
}

describe("PNG, as sharp reads it", () => {
  test("grey, grey with alpha, RGB, RGBA", async () => {
    for (const channels of [1, 2, 3, 4] as const) {
      expect(await difference(await pngFile(9, 13, channels), channels < 3 ? 1 : 3)).toBeLessThanOrEqual(channels % 2 === 0 ? 1 : 0);
    }
    expect(await difference(await pngFile(5, 4, 4), 3, { background: 0 })).toBeLessThanOrEqual(1);
  });

  test("palettes of 256, 16, 4 and 2 colours, with alpha and without", async () => {
    for (const colours of [256, 16, 4, 2]) {
      for (const channels of [3, 4] as const) {
        const file = await picture(9, 13, channels).png({ palette: true, colours, dither: 0 }).toBuffer();
        expect(file[25], "a palette").toBe(3);
        expect(await difference(file, 3)).toBeLessThanOrEqual(1);
      }
    }
  });

  test("interlaced", async () => {
    expect(await difference(await picture(11, 13, 4).png({ progressive: true }).toBuffer(), 3)).toBeLessThanOrEqual(1);
    expect(await difference(await picture(1, 2, 3).png({ progressive: true }).toBuffer(), 3)).toBe(0);
  });

  test("16 bits are rounded to 8", async () => {
    const lines = Uint8Array.of(0, 0, 128, 0, 129, 255, 255, 0, 128, 127, 0, 255, 127, 0);
    const png = rawPng({ width: 1, height: 2, depth: 16, type: 2 }, lines);
    // v / 257: 128 -> 0.498, 129 -> 0.502, 65535 -> 255, 32895 -> 127.996, 255 -> 0.99, 32512 -> 126.5
    expect([...(await decode(png, "f")).pixels]).toEqual([0, 128, 1, 1, 255, 127]);
    expect(await difference(await picture(7, 5, 3).toColourspace("rgb16").png().toBuffer(), 3)).toBeLessThanOrEqual(1);
  });

  /** A level that the picture has, by depth. */
  const KEY: { [depth: number]: number } = { 1: 1, 2: 2, 4: 5 };
  test.each([1, 2, 4])("grey of %d bits is stretched to 0..255, and its transparent level is laid on the background", async (depth) => {
    const width = 13;
    const row = Math.ceil((width * depth) / 8);
    const lines = Buffer.concat([0, 1, 2].map((y) => Buffer.concat([Buffer.of(0), noise(1, row, 1, y)])));
    const header = { width, height: 3, depth, type: 0 };
    expect(await difference(rawPng(header, lines), 1)).toBe(0);
    const clear = rawPng(header, lines, [chunk("tRNS", Buffer.of(0, KEY[depth]!))]);
    const [plain, laid] = [
      (await decode(rawPng(header, lines), "f")).pixels,
      (await nodeImageDecoder({ background: 3 })(clear, "f")).pixels,
    ];
    const key = Math.round((255 * KEY[depth]!) / (2 ** depth - 1));
    expect(plain).toContain(key);
    expect([...laid]).toEqual([...plain].map((level) => (level === key ? 3 : level)));
  });

  test("one colour of RGB may be transparent, also where it is the only pixel", async () => {
    const lines = Uint8Array.of(0, 1, 2, 3, 1, 2, 4);
    const key = chunk("tRNS", Buffer.of(0, 1, 0, 2, 0, 3));
    expect([...(await decode(rawPng({ width: 2, height: 1, depth: 8, type: 2 }, lines, [key]), "f")).pixels]).toEqual([
      255, 1, 255, 2, 255, 4,
    ]);
    expect([...(await decode(rawPng({ width: 1, height: 1, depth: 8, type: 2 }, lines.subarray(0, 4), [key]), "f")).pixels]).toEqual([
      255, 255, 255,
    ]);
  });

  test("chunks that no pixel depends on are not unpacked", async () => {
    const bomb = chunk("iCCP", Buffer.concat([Buffer.from("a\0\0"), deflateSync(Buffer.alloc(2 ** 27))]));
    const wrong = Buffer.from(chunk("tEXt", Buffer.from("a\0b")));
    wrong[8] = 99; // its checksum is now wrong
    const png = rawPng({ width: 1, height: 1, depth: 8, type: 0 }, Uint8Array.of(0, 77), [bomb, wrong]);
    expect([...(await decode(png, "f")).pixels]).toEqual([77]);
  });
});

describe("JPEG, as sharp reads it", () => {
  test("grey and RGB, baseline and progressive, with restart marks", async () => {
    expect(await difference(await jpegFile(23, 37, 1), 1)).toBeLessThanOrEqual(1);
    expect(await difference(await jpegFile(23, 37, 3), 3)).toBeLessThanOrEqual(1);
    for (const options of [{ progressive: true }, { chromaSubsampling: "4:4:4" }, { quality: 30, optimiseCoding: false }]) {
      expect(await difference(await photo(23, 37, 3).jpeg(options).toBuffer(), 3)).toBeLessThanOrEqual(1);
    }
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("EXIF orientation %d", async (orientation) => {
    const file = await photo(9, 16, 3, 2).withMetadata({ orientation }).jpeg({ quality: 95 }).toBuffer();
    const { height, width } = await decode(file, "f");
    expect([height, width]).toEqual(orientation < 5 ? [9, 16] : [16, 9]);
    expect(await difference(file, 3)).toBeLessThanOrEqual(1);
  });

  test("what follows the end mark, and stray bytes before it, do not matter", async () => {
    const file = Buffer.from(await jpegFile(8, 8, 3));
    const plain = await decode(file, "f");
    expect(await decode(Buffer.concat([file, Buffer.from("a film")]), "f")).toEqual(plain);
    expect(await decode(Buffer.concat([file.subarray(0, -2), Buffer.alloc(3), file.subarray(-2)]), "f")).toEqual(plain);
  });

  test("many at a time, one of them damaged: each gets its own answer", async () => {
    const files = await Promise.all([1, 2, 3, 4].map((seed) => jpegFile(20, 20, 3, seed)));
    const alone = await Promise.all(files.map((file) => nodeImageDecoder()(file, "f")));
    const damaged = withoutTables(files[1]!);
    const all = await Promise.allSettled([files[0]!, damaged, files[1]!, files[2]!, files[3]!].map((file) => decode(file, "f")));
    expect(all.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled", "fulfilled"]);
    expect(all.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []))).toEqual(alone);
  });
});

/** The quantisation tables of a JPEG turned into comments: whole, but not decodable. */
function withoutTables(file: Uint8Array): Buffer {
  const copy = Buffer.from(file);
  for (let at = copy.indexOf("ffdb", 0, "hex"); at >= 0; at = copy.indexOf("ffdb", at + 1, "hex")) copy[at + 1] = 0xfe;
  return copy;
}

const png = await pngFile(20, 20, 3);
const jpeg = await jpegFile(20, 20, 3);
const cmyk = await cmykFile(8, 8);
const sized = (height: number, width: number) => rawPng({ width, height, depth: 8, type: 2 }, new Uint8Array(10));
/** Without a piece in the middle of the coded data. */
const holed = Buffer.concat([jpeg.subarray(0, -200), jpeg.subarray(-60)]);

test.each<[string, Uint8Array, RegExp]>([
  ["an empty file", new Uint8Array(), /expected a PNG or JPEG image, found an empty file/],
  ["a few bytes", Uint8Array.of(1, 2, 3), /truncated/],
  ["text", Buffer.from("not an image at all"), /expected a PNG or JPEG image, found 6e 6f 74 20/],
  ["a GIF", await picture(4, 4, 3).gif().toBuffer(), /found a GIF/],
  ["a WebP", await picture(4, 4, 3).webp().toBuffer(), /found a WebP/],
  ["a TIFF", await picture(4, 4, 3).tiff().toBuffer(), /found a TIFF/],
  ["a web page", Buffer.from("<!doctype html><p>404"), /found a web page/],
  ["a CMYK JPEG", cmyk, /f: colours: expected grey or RGB, found CMYK \(four channels\): convert it to RGB/],
  ["a damaged JPEG", withoutTables(jpeg), /cannot be decoded/],
  ["a JPEG with a hole", holed, /damaged|cannot be decoded/],
  ["a JPEG of 12 bits", Buffer.from(jpeg).fill(12, jpeg.indexOf(0xc0) + 3, jpeg.indexOf(0xc0) + 4), /bits a sample/],
  ["a PNG of 2^62 pixels", sized(2 ** 31 - 1, 2 ** 31 - 1), /at most 67108864 pixels, found 2147483647 x 2147483647/],
  ["a PNG without pixels", sized(0, 5), /at least one pixel/],
  ["a PNG with too few lines", sized(20, 20), /expected 1220 unpacked bytes, found 10/],
  [
    "a PNG that unpacks to more",
    rawPng({ width: 1, height: 1, depth: 8, type: 0 }, new Uint8Array(2 ** 27)),
    /expected 2 unpacked bytes, found more/,
  ],
  ["a PNG with a flipped bit", Buffer.from(png).fill(1, 60, 61), /checksum/],
  [
    "a colour that is not in the palette",
    rawPng({ width: 1, height: 1, depth: 8, type: 3 }, Uint8Array.of(0, 2), [chunk("PLTE", Buffer.alloc(6))]),
    /a colour below 2, found 2/,
  ],
  ["a palette that is missing", rawPng({ width: 1, height: 1, depth: 8, type: 3 }, Uint8Array.of(0, 2)), /1 to 256 colours/],
  ["an unknown filter", rawPng({ width: 1, height: 1, depth: 8, type: 0 }, Uint8Array.of(9, 2)), /cannot be decoded: Unsupported filter/],
  [
    "an interlaced PNG of 4 bits",
    rawPng({ width: 1, height: 1, depth: 4, type: 0, interlace: 1 }, Uint8Array.of(0, 2)),
    /save it without interlacing/,
  ],
  ["an impossible depth", rawPng({ width: 1, height: 1, depth: 4, type: 2 }, Uint8Array.of(0, 2)), /a bit depth and colour type of PNG/],
  [
    "an unknown chunk that is needed",
    rawPng({ width: 1, height: 1, depth: 8, type: 0 }, Uint8Array.of(0, 2), [chunk("ABCD", Buffer.alloc(1))]),
    /"ABCD"/,
  ],
])("refuses %s", async (_, bytes, message) => {
  await expect(decode(bytes, "f")).rejects.toThrow(FormatError);
  await expect(decode(bytes, "f")).rejects.toThrow(message);
});

test("no beginning of a PNG or JPEG passes for the whole", async () => {
  for (const file of [png, jpeg]) {
    for (let n = 1; n < file.length; n += n < 50 ? 1 : 37)
      await expect(decode(file.subarray(0, n), "f"), `${n} bytes`).rejects.toThrow(FormatError);
    await expect(decode(file.subarray(0, -1), "f")).rejects.toThrow(/truncated/);
  }
});

test("most pixels can be chosen", async () => {
  await expect(nodeImageDecoder({ maxPixels: 399 })(png, "f")).rejects.toThrow(/at most 399 pixels, found 20 x 20/);
  expect((await nodeImageDecoder({ maxPixels: 400 })(png, "f")).pixels.length).toBe(1200);
  expect(() => nodeImageDecoder({ maxPixels: 0 })).toThrow(UsageError);
});

describe("without the optional packages", () => {
  afterEach(() => {
    vi.doUnmock("fast-png");
    vi.doUnmock("@jsquash/jpeg/decode.js");
  });

  test.each([
    ["fast-png", "fast-png", png],
    ["@jsquash/jpeg", "@jsquash/jpeg/decode.js", jpeg],
  ] as const)("names %s", async (name, module, file) => {
    vi.doMock(module, () => {
      throw new Error("Cannot find package");
    });
    await expect(nodeImageDecoder()(file, "f")).rejects.toThrow(UsageError);
    await expect(nodeImageDecoder()(file, "f")).rejects.toThrow(
      `need the npm package "${name}", which cannot be loaded. Install it: npm i ${name}`,
    );
  });
});

test("sharp wrote what the tests say it did", async () => {
  expect((await sharp(cmyk).metadata()).space).toBe("cmyk");
  expect((await sharp(await pngFile(2, 2, 2)).metadata()).channels).toBe(2);
  expect((await sharp(await jpegFile(2, 2, 1)).metadata()).channels).toBe(1);
});

import { expect, test } from "vitest";
import { bitmapDecoder } from "../../src/data/bitmap_decoder.ts";
import { FormatError } from "../../src/errors.ts";
import { encodePng } from "../../src/formats/png.ts";

// The browser's own decoders, on files that our PNG writer and the browser's JPEG writer made.

const decode = bitmapDecoder();
const level = (i: number) => (i * 37 + (i >> 2) * 11) & 255;
const noise = (count: number) => Uint8Array.from({ length: count }, (_, i) => level(i));

test("PNG: grey stays one plane, RGB three, alpha is laid on the background", async () => {
  const grey = await decode(encodePng(noise(12), 4, 3, 1), "f");
  expect(grey).toEqual({ channels: 1, height: 3, width: 4, pixels: noise(12) });
  const rgb = await decode(encodePng(noise(36), 4, 3, 3), "f");
  expect([rgb.channels, [...rgb.pixels]]).toEqual([3, [0, 1, 2].flatMap((c) => Array.from({ length: 12 }, (_, i) => level(3 * i + c)))]);
  const clear = encodePng(Uint8Array.of(10, 20, 30, 255, 10, 20, 30, 0, 200, 100, 0, 128), 3, 1, 4);
  const mixed = (value: number, ground: number) => (128 * value + 127 * ground) / 255;
  for (const [ground, options] of [
    [255, {}],
    [0, { background: 0 }],
  ] as const) {
    const { pixels } = await bitmapDecoder(options)(clear, "f");
    const expected = [10, ground, mixed(200, ground), 20, ground, mixed(100, ground), 30, ground, mixed(0, ground)];
    expect(Math.max(...expected.map((value, i) => Math.abs(value - pixels[i]!)))).toBeLessThanOrEqual(1);
  }
});

/** A JPEG of 16 x 8 whose left half is red and right half blue, with EXIF's orientation. */
async function jpeg(orientation: number): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(16, 8);
  const context = canvas.getContext("2d")!;
  context.fillStyle = "red";
  context.fillRect(0, 0, 8, 8);
  context.fillStyle = "blue";
  context.fillRect(8, 0, 8, 8);
  const file = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 1 })).arrayBuffer());
  const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, exif.length + 2, ...exif, ...file.subarray(2));
}

/** Red at the first and the last pixel. */
const ends = (pixels: Uint8Array) => [pixels[0], pixels[127]].map((red) => ((red ?? 0) > 128 ? "red" : "blue"));

test.each([
  [1, 8, 16, "red", "blue"],
  [2, 8, 16, "blue", "red"],
  [3, 8, 16, "blue", "red"],
  [6, 16, 8, "red", "blue"],
  [8, 16, 8, "blue", "red"],
] as const)("JPEG: EXIF orientation %d", async (orientation, height, width, first, last) => {
  const image = await decode(await jpeg(orientation), "f");
  expect([image.channels, image.height, image.width, ...ends(image.pixels)]).toEqual([3, height, width, first, last]);
});

test("refuses what is cut off, damaged, too large or of another kind", async () => {
  const png = encodePng(noise(36), 4, 3, 3);
  const photo = await jpeg(1);
  const cases: readonly [Uint8Array, RegExp][] = [
    [png.subarray(0, -3), /truncated/],
    [photo.subarray(0, -9), /truncated/],
    [png.slice().fill(1, 45, 46), /checksum/],
    [new TextEncoder().encode("GIF89a and more"), /a GIF/],
  ];
  for (const [bytes, message] of cases) {
    await expect(decode(bytes, "f")).rejects.toThrow(FormatError);
    await expect(decode(bytes, "f")).rejects.toThrow(message);
  }
  await expect(bitmapDecoder({ maxPixels: 11 })(png, "f")).rejects.toThrow(/at most 11 pixels/);
});

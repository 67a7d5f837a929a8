import { expect, test } from "vitest";
import { fitImage, resize } from "../../src/data/resize.ts";
import { crc32, crcHex } from "../../src/formats/crc32.ts";

/** Planar RGB whose values Pillow was given, too. */
function image(width: number, height: number) {
  const level = (x: number, y: number, c: number) => (x * x * 7 + y * 13 + c * 91 + ((x * y) % 17) * 5) & 255;
  const plane = width * height;
  const pixels = Uint8Array.from({ length: 3 * plane }, (_, i) => level(i % width, Math.floor((i % plane) / width), Math.floor(i / plane)));
  return { channels: 3, height, width, pixels };
}

/** Image.frombytes("RGB", (w, h), ...).resize((W, H), Image.BILINEAR) of Pillow 12.3: CRC-32 of the planes, and their first bytes. */
const PILLOW: readonly (readonly [number, number, number, number, string, readonly number[]])[] = [
  [37, 23, 16, 16, "3b804bb8", [15, 78, 162, 148, 150, 159]],
  [5, 4, 12, 9, "e01feb2c", [0, 1, 4, 7, 15, 24]],
  [64, 48, 7, 32, "e3e03336", [111, 147, 136, 133, 145, 140]],
  [10, 10, 10, 3, "ffa0b8cb", [19, 34, 62, 105, 161, 188]],
  [200, 3, 9, 5, "75fc5ad0", [127, 137, 145, 142, 138, 118]],
];

test.each(PILLOW)("%d x %d to %d x %d: the bytes of Pillow", (w, h, W, H, crc, start) => {
  const { pixels } = resize(image(w, h), H, W);
  expect([...pixels.subarray(0, 6)]).toEqual(start);
  expect(crcHex(crc32(pixels))).toBe(crc);
});

const grey = (height: number, width: number, level: (y: number, x: number) => number) => ({
  channels: 1,
  height,
  width,
  pixels: Uint8Array.from({ length: height * width }, (_, i) => level(Math.floor(i / width), i % width)),
});

test("one level stays that level, whatever the sizes", () => {
  for (const [h, w] of [
    [1, 1],
    [3, 50],
    [64, 7],
  ] as const) {
    expect(
      new Set(
        resize(
          grey(13, 17, () => 201),
          h,
          w,
        ).pixels,
      ),
    ).toEqual(new Set([201]));
  }
});

test("halving weighs 1 3 3 1: fine stripes turn grey instead of vanishing", () => {
  expect([
    ...resize(
      grey(1, 8, (_, x) => (x % 2 ? 0 : 240)),
      1,
      4,
    ).pixels.subarray(1, 3),
  ]).toEqual([120, 120]);
  expect(
    resize(
      grey(1, 8, (_, x) => (x === 2 ? 160 : 0)),
      1,
      4,
    ).pixels.subarray(0, 3),
  ).toEqual(Uint8Array.of(23, 60, 0));
});

test("crop scales the shorter side and keeps the middle; stretch scales both", () => {
  const wide = grey(10, 31, (_, x) => 8 * x);
  const cropped = fitImage(wide, [10, 10], "crop");
  expect([...cropped.pixels.subarray(0, 10)]).toEqual(Array.from({ length: 10 }, (_, x) => 8 * (x + 10)));
  const tall = fitImage(
    grey(31, 10, (y) => 8 * y),
    [10, 10],
    "crop",
  );
  expect(tall.pixels.filter((_, i) => i % 10 === 0)).toEqual(cropped.pixels.subarray(0, 10));
  expect([...fitImage(wide, [5, 20], "crop").pixels]).toHaveLength(100);
  const stretched = fitImage(wide, [10, 10], "stretch");
  expect(stretched.pixels[0]).toBeLessThan(16);
  expect(stretched.pixels[9]).toBeGreaterThan(224);
  expect(fitImage(wide, [10, 31], "crop")).toBe(wide);
});

test("crop covers every size from every size", () => {
  for (const [h, w] of [
    [1, 1],
    [1, 9],
    [7, 5],
    [33, 32],
  ] as const) {
    for (const [H, W] of [
      [1, 1],
      [2, 3],
      [3, 2],
      [32, 48],
      [5, 40],
    ] as const) {
      const { height, width, pixels } = fitImage(
        grey(h, w, () => 77),
        [H, W],
        "crop",
      );
      expect([height, width, new Set(pixels)], `${h} x ${w} to ${H} x ${W}`).toEqual([H, W, new Set([77])]);
      expect(pixels.length).toBe(H * W);
    }
  }
});

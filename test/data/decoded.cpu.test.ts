import { expect, test } from "vitest";
import { checkDecoder, planar, upright, withChannels } from "../../src/data/decoded.ts";
import { UsageError } from "../../src/errors.ts";
import type { Orientation } from "../../src/formats/exif.ts";

const rows = (text: string) => text.split("/").map((row) => [...row].map(Number));

/** The stored rows 123 and 456, seen upright: EXIF 2.3, figure of the tag Orientation. */
test.each<[Orientation, string]>([
  [1, "123/456"],
  [2, "321/654"],
  [3, "654/321"],
  [4, "456/123"],
  [5, "14/25/36"],
  [6, "41/52/63"],
  [7, "63/52/41"],
  [8, "36/25/14"],
])("orientation %d", (orientation, seen) => {
  const plane = rows("123/456").flat();
  const image = upright(
    { channels: 3, height: 2, width: 3, pixels: Uint8Array.from([...plane, ...plane.map((v) => v + 10), ...plane]) },
    orientation,
  );
  const expected = rows(seen);
  expect([image.height, image.width]).toEqual([expected.length, expected[0]?.length]);
  expect([...image.pixels]).toEqual([...expected.flat(), ...expected.flat().map((v) => v + 10), ...expected.flat()]);
});

test("transparent pixels are laid on white, or on the level given", () => {
  const grey = {
    height: 1,
    width: 4,
    samples: 2,
    alpha: true,
    channels: 1,
    data: Uint8Array.of(10, 255, 10, 0, 10, 128, 200, 51),
  } as const;
  expect([...planar(grey).pixels]).toEqual([10, 255, Math.round((128 * 10 + 127 * 255) / 255), Math.round((51 * 200 + 204 * 255) / 255)]);
  expect([...planar(grey, 0).pixels]).toEqual([10, 0, Math.round(1280 / 255), 40]);
  const rgb = { height: 1, width: 2, samples: 4, alpha: true, channels: 3, data: Uint8Array.of(1, 2, 3, 255, 9, 9, 9, 0) } as const;
  expect([...planar(rgb, 7).pixels]).toEqual([1, 7, 2, 7, 3, 7]);
  expect([...planar({ ...rgb, alpha: false }).pixels]).toEqual([1, 9, 2, 9, 3, 9]);
});

test("grey becomes three equal channels, colour its luma", () => {
  const grey = { channels: 1, height: 1, width: 2, pixels: Uint8Array.of(5, 6) };
  expect([...withChannels(grey, 3).pixels]).toEqual([5, 6, 5, 6, 5, 6]);
  expect(withChannels(grey, 1)).toBe(grey);
  const colours = { channels: 3, height: 1, width: 4, pixels: Uint8Array.of(255, 0, 0, 77, 0, 255, 0, 77, 0, 0, 255, 77) };
  expect([...withChannels(colours, 1).pixels]).toEqual([76, 150, 29, 77]); // Pillow's convert("L")
});

test.each([{ background: 256 }, { background: -1 }, { background: "white" }, { maxPixels: 0 }, { backgroud: 3 }])(
  "refuses %o",
  (options) => {
    expect(() => checkDecoder(options as never)).toThrow(UsageError);
  },
);

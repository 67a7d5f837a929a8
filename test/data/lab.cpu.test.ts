import { expect, test } from "vitest";
import { labViews } from "../../src/data/lab.ts";
import { labOf } from "../views/colour_spaces.ts";

const view = { name: "image", channels: 3, height: 2, width: 3 };

test("luminance and chrominance are CIELAB in bytes, planar, sample by sample", () => {
  const colours = Array.from({ length: 12 }, (_, i) => [(67 * i) % 256, (151 * i + 40) % 256, (29 * i + 200) % 256] as const);
  const rgb = new Uint8Array(36);
  colours.forEach((colour, n) => {
    const [i, at] = [Math.floor(n / 6), n % 6];
    colour.forEach((byte, c) => {
      rgb[18 * i + 6 * c + at] = byte;
    });
  });
  const [luminance, chrominance] = labViews({ ...view, pixels: () => rgb, present: new Uint8Array([1, 0]) });
  expect([luminance.name, luminance.channels, chrominance.name, chrominance.channels]).toEqual(["luminance", 1, "chrominance", 2]);
  expect([luminance.present, chrominance.present]).toEqual([new Uint8Array([1, 0]), new Uint8Array([1, 0])]);
  colours.forEach(([r, g, b], n) => {
    const [i, at] = [Math.floor(n / 6), n % 6];
    const lab = labOf([r / 255, g / 255, b / 255]);
    const found = [luminance.pixels()[6 * i + at], chrominance.pixels()[12 * i + at], chrominance.pixels()[12 * i + 6 + at]];
    [2.55 * lab[0], lab[1] + 128, lab[2] + 128].forEach((want, c) => {
      expect(Math.abs(found[c]! - want), `colour ${n}, ${"Lab"[c]}`).toBeLessThanOrEqual(0.5 + 1e-9);
    });
  });
});

test("white, black and grey have no colour, and primaries stay within the bytes", () => {
  const plane = [0, 119, 255, 255, 0, 0, 0, 119, 255, 0, 255, 0, 0, 119, 255, 0, 0, 255];
  const [luminance, chrominance] = labViews({ ...view, pixels: () => Uint8Array.from(plane) });
  expect([...luminance.pixels()].slice(0, 3)).toEqual([0, 128, 255]);
  expect([...chrominance.pixels()].filter((_, i) => i % 6 < 3)).toEqual([128, 128, 128, 128, 128, 128]);
  expect([...chrominance.pixels()].slice(3, 6), "a of red, green, blue").toEqual([208, 42, 207]);
});

test("class maps and other numbers of channels are refused", () => {
  const pixels = () => new Uint8Array(6);
  expect(() => labViews({ ...view, channels: 1, pixels })).toThrow(/lab: view image: expected RGB .* got 1 of levels/);
  expect(() => labViews({ ...view, kind: "classes", classes: ["a"], pixels })).toThrow(/got 3 of classes/);
});

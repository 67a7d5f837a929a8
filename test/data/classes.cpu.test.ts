import { describe, expect, test } from "vitest";
import { classesIn, firstOf, ofClasses } from "../../src/data/classes.ts";
import { imageDataset } from "../../src/data/images.ts";
import { isMultiView, multiViewDataset } from "../../src/data/multi_view.ts";

const labels = [2, 0, 1, 2, 0, 4];
const pixels = Uint8Array.from({ length: 24 }, (_, i) => i);
const parts = { name: "six", channels: 1, height: 2, width: 2 };
const data = imageDataset({ ...parts, pixels, labels, classes: ["a", "b", "c", "d", "e"] });

describe("ofClasses", () => {
  test("keeps the samples of some classes, in order, with labels as they were", () => {
    const some = ofClasses(data, [2, 4]);
    expect([...(some.labels ?? [])]).toEqual([2, 2, 4]);
    expect([...some.pixels()]).toEqual([0, 1, 2, 3, 12, 13, 14, 15, 20, 21, 22, 23]);
    expect(some.classes).toEqual(data.classes);
    expect(some.fingerprint).not.toBe(data.fingerprint);
  });

  test("of several views: all of them", () => {
    const other = { name: "b", channels: 1, height: 2, width: 2, pixels: () => pixels.map((v) => 100 + v) };
    const views = multiViewDataset({ name: "two", labels, views: [{ ...other, name: "a", pixels: () => pixels }, other] });
    const some = ofClasses(views, [4]);
    expect(isMultiView(some) && [...(some.views[1]?.pixels() ?? [])]).toEqual([120, 121, 122, 123]);
    expect(firstOf(views, 2).length).toBe(2);
  });

  test("what cannot be", () => {
    expect(() => ofClasses(data, [0, 3])).toThrow(/six: no sample of class 3: its classes are 0, 1, 2, 4/);
    expect(() => ofClasses(imageDataset({ ...parts, pixels }), [0])).toThrow(/has no labels/);
  });
});

test("firstOf: at most so many; classesIn: ascending, each once", () => {
  expect([null, 6, 60].map((limit) => firstOf(data, limit))).toEqual([data, data, data]);
  expect(firstOf(data, 2).length).toBe(2);
  expect(classesIn(Uint32Array.from(labels))).toEqual([0, 1, 2, 4]);
});

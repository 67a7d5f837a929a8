import { describe, expect, test } from "vitest";
import { imageDataset } from "../../src/data/images.ts";
import { isMultiView, type MultiViewDataset, multiViewDataset, subsetOf, type ViewImages } from "../../src/data/multi_view.ts";
import { FormatError, UsageError } from "../../src/errors.ts";

/** Three samples of 1 x 2 pixels; every byte tells its view, sample and place. */
function view(name: string, tens: number, more: Partial<ViewImages> = {}, channels = 1): ViewImages {
  const pixels = Uint8Array.from({ length: 3 * channels * 2 }, (_, i) => 10 * tens + i);
  return { name, channels, height: 1, width: 2, pixels: () => pixels, ...more };
}

const made = (views: readonly ViewImages[]) => multiViewDataset({ name: "x", views, labels: [0, 1, 0], classes: ["a", "b"] });

test("as a data set of images it is its first view", async () => {
  const data = made([view("image", 1, {}, 3), view("depth", 5)]);
  expect(isMultiView(data)).toBe(true);
  expect([data.name, data.length, data.channels, data.height, data.width]).toEqual(["x", 3, 3, 1, 2]);
  expect([...data.pixels()]).toEqual([...data.views[0]!.pixels()]);
  expect([...(data.labels ?? [])]).toEqual([0, 1, 0]);
  expect([...(await data.batch(Uint32Array.of(2))).pixels]).toEqual([22, 23, 24, 25, 26, 27]);
});

test("the fingerprint is of all views, and of which samples have them", () => {
  const print = (...views: ViewImages[]) => made(views).fingerprint;
  const [a, b, c] = [view("a", 1), view("b", 2), view("c", 3)];
  const masked = view("b", 2, { present: Uint8Array.of(1, 0, 1) });
  expect(print(a, b)).toBe(print(view("a", 1), view("b", 2)));
  expect(new Set([print(a, b), print(a, c), print(a, b, c), print(b, a), print(a, masked)]).size).toBe(5);
});

test("a subset takes all views along, and who has them", () => {
  const data = made([view("a", 1), view("b", 2, { present: Uint8Array.of(1, 0, 1) })]);
  const some = subsetOf(data, { indices: Uint32Array.of(2, 1) }) as MultiViewDataset;
  expect(some.name).toBe("x (2 of 3)");
  expect(some.views.map(({ pixels }) => [...pixels()])).toEqual([
    [14, 15, 12, 13],
    [24, 25, 22, 23],
  ]);
  expect([...some.views[1]!.present!]).toEqual([1, 0]);
  expect([...some.labels!]).toEqual([0, 1]);
  expect(subsetOf(data, {}).fingerprint).toBe(data.fingerprint);
});

test("a subset of one view is one of images", () => {
  const data = imageDataset({ name: "y", channels: 1, height: 1, width: 1, pixels: Uint8Array.of(7, 8, 9) });
  const first = subsetOf(data, { limit: 2 });
  expect([isMultiView(first), [...first.pixels()]]).toEqual([false, [7, 8]]);
});

describe("refused", () => {
  const segments = (bytes: number[], classes: string[]) =>
    view("segments", 0, { kind: "classes", classes, pixels: () => Uint8Array.from(bytes) });
  test.each<[string, readonly ViewImages[], typeof UsageError | typeof FormatError, RegExp]>([
    ["one view", [view("a", 1)], UsageError, /expected at least two views, got 1/],
    ["a name twice", [view("a", 1), view("a", 2)], UsageError, /two views are called a/],
    ["the same pixels", [view("a", 1), view("b", 2), view("c", 1)], UsageError, /views a and c hold the same pixels/],
    ["another size", [view("a", 1), view("b", 2, { height: 2, width: 1 })], FormatError, /view b: expected 1 x 2 as in a, found 2 x 1/],
    [
      "another count",
      [view("a", 1), view("b", 2, { pixels: () => new Uint8Array(4) })],
      FormatError,
      /expected 6 bytes for 3 samples, found 4/,
    ],
    ["flags of two", [view("a", 1), view("b", 2, { present: Uint8Array.of(1, 2, 1) })], FormatError, /expected 3 flags of 0 or 1/],
    ["a view that nobody has", [view("a", 1), view("b", 2, { present: new Uint8Array(3) })], FormatError, /view b: no sample has it/],
    [
      "a sample without views",
      [view("a", 1, { present: Uint8Array.of(1, 0, 1) }), view("b", 2, { present: Uint8Array.of(1, 0, 0) })],
      FormatError,
      /sample 1: no view of it is there/,
    ],
    ["a class out of range", [view("a", 1), segments([0, 1, 0, 1, 2, 0], ["wall", "floor"])], FormatError, /class numbers 0 to 1, found 2/],
    ["classes without names", [view("a", 1), segments([0, 0, 0, 0, 0, 1], [])], FormatError, /need one channel and the names/],
  ])("%s", (_, views, kind, message) => {
    expect(() => made(views)).toThrow(kind);
    expect(() => made(views)).toThrow(message);
  });
});

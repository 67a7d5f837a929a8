import { expect, test } from "vitest";
import type { ViewImages } from "../../src/data/multi_view.ts";
import { labelledPixels, majorityScores, segmentationScores } from "../../src/evaluate/segment_scores.ts";

const viewOf = (pixels: Uint8Array, classes: readonly string[], present?: Uint8Array): ViewImages => ({
  ...{ name: "labels", kind: "classes", channels: 1, height: 1, width: 4, classes, pixels: () => pixels },
  ...(present && { present }),
});

test("scores by hand: void is ignored, a class that is nowhere is left out, one only predicted counts as 0", () => {
  const classes = ["a", "void", "b", "c", "d", "e"];
  const truth = Uint8Array.of(0, 0, 0, 2, 2, 3, 1, 1);
  const guess = Uint8Array.of(0, 0, 2, 2, 2, 4, 0, 4);
  const scores = segmentationScores(viewOf(truth, classes), 1, truth, guess);
  expect(scores.classes).toEqual(["a", "b", "c", "d", "e"]);
  expect([...scores.confusion].map((count, at) => [count, at]).filter(([count]) => count! > 0)).toEqual([
    [2, 0], // a as a
    [1, 1], // a as b
    [2, 6], // b as b
    [1, 13], // c as d
  ]);
  expect(scores.pixelAccuracy).toBeCloseTo(4 / 6, 12);
  expect(scores.classAccuracy).toBeCloseTo((2 / 3 + 1 + 0) / 3, 12);
  expect([...scores.iou]).toEqual([2 / 3, 2 / 3, 0, 0, Number.NaN]);
  expect(scores.meanIoU).toBeCloseTo((2 / 3 + 2 / 3 + 0 + 0) / 4, 12);
});

test("without a void class all pixels count", () => {
  const truth = Uint8Array.of(0, 1, 1, 0);
  const scores = segmentationScores(viewOf(truth, ["a", "b"]), null, truth, truth);
  expect([scores.pixelAccuracy, scores.classAccuracy, scores.meanIoU]).toEqual([1, 1, 1]);
});

test("the commonest class of the training pixels, void apart, predicted everywhere; samples without the view are left out", () => {
  const classes = ["void", "a", "b"];
  const train = viewOf(Uint8Array.of(0, 0, 0, 0, 0, 2, 2, 1, 1, 1, 1, 1), classes, Uint8Array.of(1, 1, 0));
  const held = viewOf(Uint8Array.of(2, 1, 0, 2), classes);
  expect([...labelledPixels(train)]).toEqual([0, 0, 0, 0, 0, 2, 2, 1]);
  const scores = majorityScores(train, held);
  expect(scores.pixelAccuracy).toBeCloseTo(2 / 3, 12);
  expect(scores.meanIoU).toBeCloseTo(1 / 3, 12);
});

test("what cannot be scored", () => {
  const truth = Uint8Array.of(0, 1, 1, 2);
  const view = viewOf(truth, ["void", "a", "b"]);
  expect(() => segmentationScores(view, 0, truth, truth.subarray(1))).toThrow(/3 predictions for 4 pixels/);
  expect(() => segmentationScores(view, 0, truth, Uint8Array.of(1, 0, 1, 2))).toThrow(/pixel 1: 1, predicted 0: .*no void predicted/);
  expect(() => segmentationScores(view, 0, truth, Uint8Array.of(1, 1, 7, 2))).toThrow(/pixel 2: 1, predicted 7/);
  expect(() => segmentationScores(viewOf(truth, ["void", "a"]), 0, truth, truth)).toThrow(/at least two classes besides void, got 1/);
});

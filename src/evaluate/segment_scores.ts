import type { ViewImages } from "../data/multi_view.ts";
import { ShapeError, UsageError } from "../errors.ts";

/** How well class maps were predicted. Pixels of the void class count nowhere. */
export interface SegmentationScores {
  /** The classes that are scored: those of the view without void. Scores by class and the confusion matrix are in this order. */
  readonly classes: readonly string[];
  /** Share of pixels whose class is predicted. NaN when no pixel has a class. */
  readonly pixelAccuracy: number;
  /** Mean over the classes that occur of the share of their pixels that is found. */
  readonly classAccuracy: number;
  /** Mean intersection over union, over the classes that occur in the truth or among the predictions. */
  readonly meanIoU: number;
  /** By class: pixels that are both, over pixels that are either; NaN for a class that is nowhere. */
  readonly iou: Float64Array;
  /** Pixels, [classes, classes]: row of the true class, column of the predicted one. */
  readonly confusion: Float64Array;
}

/** The class that means "not labelled", as a number of the view, or null. */
export type VoidClass = number | null;

/** The void class of a view: the one called so, or none. */
export function voidClass({ classes = [] }: ViewImages): VoidClass {
  const at = classes.indexOf("void");
  return at < 0 ? null : at;
}

/** Names of the classes that are scored. @throws UsageError unless the view holds class numbers, two of them besides void */
export function scoredClasses(view: ViewImages, none: VoidClass): readonly string[] {
  const { name, kind, classes = [] } = view;
  if (kind !== "classes") throw new UsageError(`segmentation: view ${name}: expected class numbers (kind "classes"), got intensities`);
  if (none !== null && !(Number.isInteger(none) && none >= 0 && none < classes.length))
    throw new UsageError(`segmentation: void class ${none}: expected null or a class number below ${classes.length}`);
  const scored = classes.filter((_, c) => c !== none);
  if (scored.length < 2)
    throw new UsageError(`segmentation: view ${name}: expected at least two classes besides void, got ${scored.length}`);
  return scored;
}

/**
 * Scores of predicted class numbers against true ones, both as numbers of the view.
 * @throws ShapeError when they differ in number, UsageError when void is predicted or a number is no class
 */
export function segmentationScores(view: ViewImages, none: VoidClass, truth: Uint8Array, predicted: Uint8Array): SegmentationScores {
  const classes = scoredClasses(view, none);
  if (truth.length !== predicted.length) throw new ShapeError(`segmentation: ${predicted.length} predictions for ${truth.length} pixels`);
  const C = classes.length;
  const own = (label: number): number => (none !== null && label > none ? label - 1 : label);
  const confusion = new Float64Array(C * C);
  for (let i = 0; i < truth.length; i++) {
    const [label, guess] = [truth[i] ?? 0, predicted[i] ?? 0];
    if (label === none) continue;
    if (guess === none || own(guess) >= C || own(label) >= C)
      throw new UsageError(`segmentation: pixel ${i}: ${label}, predicted ${guess}: expected class numbers, and no void predicted`);
    const at = own(label) * C + own(guess);
    confusion[at] = (confusion[at] ?? 0) + 1;
  }
  return { classes, confusion, ...summary(confusion, C) };
}

function summary(confusion: Float64Array, C: number) {
  const at = (t: number, p: number): number => confusion[t * C + p] ?? 0;
  const over = (value: (c: number) => number): number => Array.from({ length: C }, (_, c) => value(c)).reduce((a, b) => a + b, 0);
  const truths = Float64Array.from({ length: C }, (_, t) => over((p) => at(t, p)));
  const guesses = Float64Array.from({ length: C }, (_, p) => over((t) => at(t, p)));
  // 0 / 0 is NaN: the class is nowhere, and left out of the mean.
  const found = truths.map((count, c) => at(c, c) / count);
  const iou = truths.map((count, c) => at(c, c) / (count + (guesses[c] ?? 0) - at(c, c)));
  const pixelAccuracy = over((c) => at(c, c)) / over((c) => truths[c] ?? 0);
  return { pixelAccuracy, classAccuracy: meanOf(found), meanIoU: meanOf(iou), iou };
}

function meanOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.reduce((a, b) => a + b, 0) / known.length;
}

/** Scores of predicting the commonest class of the training pixels everywhere: what any decoder must beat. @throws as `segmentationScores` */
export function majorityScores(train: ViewImages, test: ViewImages, none: VoidClass = voidClass(train)): SegmentationScores {
  const counts = new Float64Array(256);
  for (const label of labelledPixels(train)) counts[label] = label === none ? 0 : (counts[label] ?? 0) + 1;
  const truth = labelledPixels(test);
  return segmentationScores(test, none, truth, new Uint8Array(truth.length).fill(counts.indexOf(Math.max(...counts))));
}

/** Samples that have the view. */
export function presentRows({ present, height, width, channels, pixels }: ViewImages): Uint32Array {
  const length = present?.length ?? pixels().length / (channels * height * width);
  return Uint32Array.from({ length }, (_, i) => i).filter((i) => present?.[i] !== 0);
}

/** The class numbers of all samples that have the view. */
export function labelledPixels(view: ViewImages): Uint8Array {
  const plane = view.height * view.width;
  const rows = presentRows(view);
  const out = new Uint8Array(rows.length * plane);
  rows.forEach((row, i) => {
    out.set(view.pixels().subarray(row * plane, (row + 1) * plane), i * plane);
  });
  return out;
}

import type { Tape } from "../autograd.ts";
import { InternalError, ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { scaleBy } from "./scale.ts";

/** What the loss's gradient reaches: the anchor of each pair alone (the released code), or both of its ends (the true gradient). */
export type SpreadGradient = "anchor" | "full";

export interface SpreadOptions {
  /** T > 0: scores are cosines divided by it. */
  readonly temperature: number;
  readonly gradient: SpreadGradient;
  /** Whether a sample's similarity with itself stays in its denominator (paper, eq. 4) or not (released code). */
  readonly selfSimilarity: boolean;
  /** Weight >= 1 of the negatives, in the denominator and the loss. Below 1 a "probability" could exceed 1. */
  readonly negativeWeight: number;
}

export interface BatchContrast {
  /** attract + spread, f32[1]. Carries the gradient into the features. */
  readonly loss: Tensor;
  /** Mean -ln p of recognising the twin, f32[1]. */
  readonly attract: Tensor;
  /** Mean over anchors of the weighted sum of -ln(1 - p) over negatives, f32[1]. */
  readonly spread: Tensor;
}

/**
 * Every sample of a batch recognises its twin, and no third sample is recognised (Ye, Zhang, Yuen, Chang 2019, arXiv:1904.03436,
 * eq. 6; negatives are all 2B - 2 others, as in the released code).
 * @param features f32[2B, D], unit rows: first views, then second views in the same order; D a multiple of 4
 * @throws ShapeError, UsageError
 */
export function contrastBatch(tape: Tape, features: Tensor, options: SpreadOptions): BatchContrast {
  const { M, D } = check(features, options);
  const g = tape.tensor([M, M], "f32", "score gradient");
  const terms = tape.tensor([M, 4], "f32", "contrast terms");
  const params = { M, D, inv_tau: 1 / options.temperature, w: options.negativeWeight };
  const overrides = { SELF: options.selfSimilarity ? 1 : 0 };
  tape.launch(kernels.spreadRows, { x: features, g, terms }, params, [M], { overrides, flops: 2 * M * M * (D + 32) });
  const scalar = (label: string) => tape.tensor([1], "f32", label);
  const [loss, attract, spread] = [scalar("loss"), scalar("attract"), scalar("spread")];
  tape.launch(kernels.contrastMean, { terms, loss, contrast: attract, proximal: spread }, { B: M, lambda: 1 }, [1]);
  tape.record(loss, [features], (d) => [scaleBy(tape, gradientOf(tape, features, g, options.gradient), d)]);
  return { loss, attract, spread };
}

function gradientOf(tape: Tape, x: Tensor, g: Tensor, gradient: SpreadGradient): Tensor {
  const [M = 0, D = 0] = x.shape;
  const dx = tape.tensor(x.shape, "f32", "contrast gradient");
  const overrides = { FULL: gradient === "full" ? 1 : 0 };
  tape.launch(kernels.spreadGradient, { x, g, dx }, { M, D }, [Math.ceil(D / 64), Math.ceil(M / 4)], { overrides, flops: 2 * M * M * D });
  return dx;
}

/**
 * Two views f32[B, ...] as one batch f32[2B, ...], so that one pass of an encoder takes both (and batch norm sees both, as published).
 * Views are data: no gradient goes through.
 * @throws ShapeError when the two differ in shape
 */
export function joinViews(tape: Tape, first: Tensor, second: Tensor): Tensor {
  if (first.shape.join() !== second.shape.join())
    throw new ShapeError(`joinViews: expected equal shapes, got [${first.shape}] and [${second.shape}]`);
  if (first.requiresGrad || second.requiresGrad) throw new InternalError("joinViews: views are data, and have no gradient");
  const [B = 0, ...rest] = first.shape;
  const y = tape.tensor([2 * B, ...rest], "f32", "views");
  tape.launch(kernels.spreadViews, { first, second, y }, { N: first.size }, elementwise(y.size), { flops: y.size });
  return y;
}

function check(features: Tensor, { temperature, negativeWeight }: SpreadOptions): { readonly M: number; readonly D: number } {
  const [M = 0, D = 0] = features.shape;
  if (features.shape.length !== 2 || M % 2 !== 0) throw new ShapeError(`contrastBatch: expected features [2B,D], got [${features.shape}]`);
  if (M < 4) throw new UsageError(`contrastBatch: expected at least two samples in two views, got [${features.shape}]: one has no other`);
  if (D % 4 !== 0) throw new UsageError(`contrastBatch: expected features of a multiple of 4 numbers, got ${D}. Pad the projection.`);
  if (!(temperature > 0)) throw new UsageError(`contrastBatch: expected a temperature above 0, got ${temperature}`);
  if (!(negativeWeight >= 1)) throw new UsageError(`contrastBatch: expected a negative weight of 1 or more, got ${negativeWeight}`);
  return { M, D };
}

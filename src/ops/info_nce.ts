import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { allGradients } from "./info_nce_all.ts";
import { drawnGradients } from "./info_nce_drawn.ts";
import type { NegativeScope, Prediction } from "./info_nce_parts.ts";
import { scaleBy } from "./scale.ts";

export type { NegativeScope } from "./info_nce_parts.ts";

/** Scores that exist at a time, unless a caller says otherwise. */
const SCORE_BYTES = 64 * 2 ** 20;

/** How losses become one: `sum` over steps ahead of each step's mean, the `mean` of those, or the mean over all `predictions`. */
export type StepAverage = "sum" | "mean" | "predictions";

export interface InfoNceOptions {
  /** S > 0: the frame at t predicts those skip + 1 ... skip + S strides later. */
  readonly steps: number;
  /** Steps after t that are not predicted. Default 0. */
  readonly skip?: number;
  /** Frames from one step to the next. Default 1. Of a grid in reading order, whose rows below are predicted: the cells of a row. */
  readonly stride?: number;
  readonly negatives: NegativeScope;
  /** Draw this many negatives for every frame (the same for all steps ahead) instead of taking all of the scope. */
  readonly drawn?: number;
  /** Whether a drawn negative may be the target itself. Default false: such a draw is left out. */
  readonly keepPositive?: boolean;
  /** Scores are products `sum`med over dimensions, their `mean`, or their sum times a number. Default sum. */
  readonly scale?: "sum" | "mean" | number;
  /** Default mean. */
  readonly average?: StepAverage;
  /** `every` frame that has a target predicts it (default), or only those `with-all` of their targets in the sequence. */
  readonly anchors?: "every" | "with-all";
  /** u32[B]: the speaker of each sequence. For the scopes `speaker` and `speaker-others`. */
  readonly groups?: Operand | undefined;
  /**
   * u32[B, T]: the episode of each frame. Predictions from one into another are left out; 0xffffffff marks frames that do not exist.
   */
  readonly episodes?: Operand | undefined;
  /** Most bytes of scores that exist at a time: beyond it, steps ahead and then anchors take turns. Default 64 MiB. */
  readonly scoreBytes?: number;
}

export interface InfoNce {
  /** f32[1]. Carries the gradient into predictions and latents, positives and negatives alike. */
  readonly loss: Tensor;
  /** f32[1], share of predictions whose target scores above every negative. */
  readonly accuracy: Tensor;
  /** f32[1], nats: ln candidates - loss, mean over predictions. The mutual information of context and target is at least that (eq. 5). */
  readonly bound: Tensor;
  /** f32[S] each: the same of every step ahead, 0 where nothing is predicted. */
  readonly steps: { readonly loss: Tensor; readonly accuracy: Tensor; readonly bound: Tensor };
  /** f32[2 S]: the number of predictions of every step ahead, then their weights in the loss. */
  readonly tally: Tensor;
}

/**
 * Contrastive prediction (van den Oord, Li, Vinyals 2018, arXiv:1807.03748, eq. 3 and 4): every frame's predictions of the latents that
 * follow are told from other latents. Eight launches or fewer, whatever S is, unless scores would take more than 64 MiB.
 * @param predictions f32[B, T, S, D], or [B, T, 1, D] when all steps ahead share one: W_k c
 * @param latents f32[B, T, D], D a multiple of 4
 * @throws ShapeError, UsageError
 */
export function infoNce(tape: Tape, predictions: Tensor, latents: Tensor, options: InfoNceOptions): InfoNce {
  const made = prepare(tape, predictions, latents, options);
  const { S, B, T, tally, terms } = made;
  const { dq, dz } = options.drawn === undefined ? allGradients(tape, made) : drawnGradients(tape, made, options.drawn);
  const vector = (label: string, n: number) => tape.tensor([n], "f32", label);
  const [loss, accuracy, bound] = [vector("loss", 1), vector("accuracy", 1), vector("bound", 1)];
  const [losses, accuracies, bounds] = [vector("losses", S), vector("accuracies", S), vector("bounds", S)];
  tape.launch(kernels.cpcFinish, { terms, tally, loss, accuracy, bound, losses, accuracies, bounds }, { S, R: B * T }, [1]);
  tape.record(loss, [predictions, latents], (d) => [scaleBy(tape, dq, d), scaleBy(tape, dz, d)]);
  return { loss, accuracy, bound, steps: { loss: losses, accuracy: accuracies, bound: bounds }, tally };
}

function prepare(tape: Tape, q: Tensor, z: Tensor, options: InfoNceOptions): Prediction {
  const { steps: S, skip = 0, stride = 1, negatives: scope, keepPositive = false } = options;
  const { scale = "sum", average = "mean", anchors = "every" } = options;
  const [B = 0, T = 0, D = 0] = z.shape;
  checkShapes(q, z, options);
  checkScope(B, T, options);
  const none = tape.input("none", [1], "u32"); // bound where a rule is not in use
  const { groups = none, episodes = none } = options;
  const tally = tape.tensor([2 * S], "f32", "predictions");
  const limit = anchors === "every" ? T : T - (S + skip) * stride;
  const rules = rulesOf(options);
  const overrides = { ...rules, AVERAGE: ["sum", "mean", "predictions"].indexOf(average) };
  const params = { B, T, S, E: episodes.shape.reduce((a, b) => a * b, 1), L: groups.shape[0] ?? 0, skip, stride, limit };
  tape.launch(kernels.cpcCount, { episodes, groups, tally }, params, [1], { overrides });
  const alpha = scale === "sum" ? 1 : scale === "mean" ? 1 / D : scale;
  const gradients = tape.training && (q.requiresGrad || z.requiresGrad);
  const terms = tape.tensor([S, B * T, 4], "f32", "prediction terms");
  const sizes = { B, T, S, D, Q: q.shape[2] ?? 0, skip, stride, limit };
  const scoreBytes = Math.min(options.scoreBytes ?? SCORE_BYTES, tape.plan.gpu.limits.maxStorageBufferBindingSize);
  return { q, z, ...sizes, alpha, scope, keepPositive, groups, episodes, rules, tally, terms, gradients, scoreBytes };
}

function rulesOf({ negatives, groups, episodes }: InfoNceOptions): Prediction["rules"] {
  return {
    EPISODES: episodes ? 1 : 0,
    GROUPED: groups && negatives.startsWith("speaker") ? 1 : 0,
    OWN: negatives === "others" || negatives === "speaker-others" ? 0 : 1,
  };
}

function checkShapes(q: Tensor, z: Tensor, { steps: S, skip = 0, stride = 1, groups, episodes, scale = "sum" }: InfoNceOptions): void {
  const [B = 0, T = 0, D = 0] = z.shape;
  const Q = q.shape[2] ?? 0;
  if (z.shape.length !== 3 || q.shape.join() !== [B, T, Q, D].join() || (Q !== S && Q !== 1))
    throw new ShapeError(`infoNce: expected predictions [B, T, ${S} or 1, D] and latents [B, T, D], got [${q.shape}] and [${z.shape}]`);
  if (D % 4 !== 0) throw new UsageError(`infoNce: expected latents of a multiple of 4 numbers, got ${D}. Widen the encoder.`);
  if ((S + skip) * stride >= T)
    throw new UsageError(
      `infoNce: ${S} steps ahead${skip ? ` after ${skip} skipped` : ""} need sequences of more than ${(S + skip) * stride} frames, got ${T}`,
    );
  if (groups && groups.shape.join() !== String(B)) throw new ShapeError(`infoNce: groups is [${groups.shape}], expected [${B}]`);
  if (episodes && episodes.shape.join() !== [B, T].join())
    throw new ShapeError(`infoNce: episodes is [${episodes.shape}], expected [${B},${T}]`);
  if (typeof scale === "number" && !(Number.isFinite(scale) && scale > 0))
    throw new UsageError(`infoNce: scale: expected above 0, got ${scale}`);
}

function checkScope(B: number, T: number, { negatives, drawn, groups, steps, skip = 0, stride = 1 }: InfoNceOptions): void {
  if (["batch", "others", "speaker-others"].includes(negatives) && B < 2)
    throw new UsageError(
      `infoNce: negatives "${negatives}" come from other sequences, and this batch has one. Take more sequences, or "sequence"`,
    );
  if (negatives.startsWith("speaker") && !groups) throw new UsageError(`infoNce: negatives "${negatives}" need groups u32[B]: who speaks`);
  if (steps < 1 || skip < 0 || stride < 1 || ![steps, skip, stride].every(Number.isInteger))
    throw new UsageError(`infoNce: expected whole steps >= 1, skip >= 0 and stride >= 1, got ${steps}, ${skip} and ${stride}`);
  if (drawn === undefined) return;
  if (!(Number.isInteger(drawn) && drawn > 0)) throw new UsageError(`infoNce: drawn: expected a whole number above 0, got ${drawn}`);
  if (negatives === "batch")
    throw new UsageError(`infoNce: negatives "batch" are the ${B - 1} frames of the same time: all are taken, none is drawn`);
  if (T < 2) throw new UsageError(`infoNce: expected sequences of two frames or more, got ${T}`);
}

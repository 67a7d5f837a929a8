import type { CrossViewRetrieval } from "../evaluate/cross_view.ts";
import type { Spread } from "../evaluate/meters.ts";
import type { MemoryReport } from "../gpu/memory.ts";
import type { Choices } from "../gpu/variants.ts";

/**
 * What a run says while it goes on. Every event is one JSON object: the same objects are the lines of `metrics.jsonl`, of
 * `--json` on stdout, and the messages that the page's worker posts.
 */
export type TrainEvent = StartEvent | StepEvent | EvaluateEvent | WarningEvent | CheckpointEvent | DoneEvent;

export interface StartEvent {
  readonly event: "start";
  readonly objective: string;
  readonly data: string;
  /** Training images, held-out test images; or other samples, see `unit`. */
  readonly images: { readonly train: number; readonly test: number };
  /** What people call a sample: "clip", "document". Left out: image. */
  readonly unit?: string;
  readonly adapter: string;
  /** Runs on the CPU: slow, and figures of speed say nothing about a GPU. */
  readonly software: boolean;
  readonly memory: MemoryReport;
  readonly launches: number;
  /** Which variants of kernels the step is made of, and where the choice is from. Old logs lack it. */
  readonly kernels?: KernelChoice;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  /** First step of this session: more than 0 after a resume. */
  readonly from: number;
  /** Loss of an encoder that tells nothing apart (`Objective.chance`): a loss that stays there has collapsed. */
  readonly chance?: number;
  /** Weighted-kNN accuracy on the test images, in [0, 1]: of raw pixels and of the encoder before its first step. Absent without labels. */
  readonly baseline?: Baseline;
}

export interface KernelChoice {
  readonly variants: Choices;
  readonly origin: string;
  /** Lanes of the adapter's subgroups, least and most. */
  readonly lanes: readonly [number, number];
}

export interface Baseline {
  readonly pixels: number;
  readonly untrained: number;
  /** Recall@1 across views, mean over their ordered pairs: of raw pixels, each image's mean removed (null where views differ in shape), and of the untrained encoders. Of several views alone. */
  readonly match?: { readonly pixels: number | null; readonly untrained: number };
  /** What stands in the place of raw pixels, for data that have none: "mean log-mel". */
  readonly plain?: string;
  /** Further measures of the two. */
  readonly measures?: readonly Measure[];
}

/** A figure beside the kNN accuracy: what was asked, of which features, the share of right answers and what guessing gives. */
export interface Measure {
  readonly name: string;
  readonly of: string;
  readonly value: number;
  readonly chance: number;
}

/** What people call the samples of a run, what its speed counts, and what its loss tells one of from others. */
export function wordsOf(start?: Pick<StartEvent, "unit" | "objective">): {
  readonly samples: string;
  readonly speed: string;
  readonly told: string;
} {
  const unit = start?.unit;
  if (unit === undefined) return { samples: "images", speed: "images", told: start?.objective === "cpc" ? "patch" : "image" };
  const sound = unit === "clip";
  return { samples: `${unit}s`, speed: sound ? "windows" : "passages", told: sound ? "frame" : "sentence" };
}

export interface StepEvent {
  readonly event: "step";
  /** From 0. */
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** Parts of the loss and other scalars by name (`contrast`, `proximal`). */
  readonly parts: { readonly [name: string]: number };
  readonly rate: number;
  readonly imagesPerSecond: number;
}

export interface EvaluateEvent {
  readonly event: "evaluate";
  /** Steps done when it was measured: 0 is the untrained encoder. */
  readonly step: number;
  readonly epoch: number;
  /** Weighted-kNN accuracy on the held-out images, in [0, 1]; null without labels. */
  readonly knn: number | null;
  /** Of an objective that has different views of a sample; all other figures are of the first view. */
  readonly views?: ViewsEvaluation;
  /** Mean cosine over pairs of test features: near 1, the encoder has collapsed into one direction. */
  readonly meanCosine: number;
  /** Mean squared distance of two training views of the same test image, 0 to 4 (Wang & Isola 2020): lower is better. Old logs lack it. */
  readonly alignment?: number;
  /** log mean exp(-2 |x - y|^2) over pairs (Wang & Isola 2020): lower is more uniform. */
  readonly uniformity: number;
  /** exp(entropy of the covariance's eigenvalues), 1 .. dim. */
  readonly effectiveRank: number;
  /** Of an objective that predicts latents from contexts. */
  readonly spread?: PredictionSpread;
  /** Of data that are asked more: at the last evaluation. */
  readonly measures?: readonly Measure[];
}

/** Of single latents and contexts, not of the features that are made of them. */
export interface PredictionSpread {
  readonly latents: Spread;
  readonly contexts: Spread;
}

/** What the features of several views of a sample are worth: each by itself, together, and across. */
export interface ViewsEvaluation {
  readonly names: readonly string[];
  /** Weighted-kNN accuracy on each view's features, in the order of `names`; null without labels. */
  readonly knn: readonly number[] | null;
  /** The same on the features of all views side by side. */
  readonly knnAll: number | null;
  /** Between held-out samples. Null where no two views have two held-out samples in common. */
  readonly match: CrossViewRetrieval | null;
}

export interface WarningEvent {
  readonly event: "warning";
  readonly step: number;
  readonly message: string;
}

export interface CheckpointEvent {
  readonly event: "checkpoint";
  /** Steps done. */
  readonly step: number;
  readonly file: string;
}

export interface DoneEvent {
  readonly event: "done";
  readonly objective: string;
  readonly knn: number | null;
  /** Of an objective that has different views of a sample. */
  readonly views?: ViewsEvaluation;
  readonly baseline: Baseline | null;
  readonly measures?: readonly Measure[];
  readonly steps: number;
  /** Wall time of this session's training, evaluation included. */
  readonly seconds: number;
  readonly adapter: string;
  /** File name or path of the checkpoint. */
  readonly checkpoint: string;
}

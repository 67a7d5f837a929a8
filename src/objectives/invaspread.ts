import type { Tape } from "../autograd.ts";
import { UsageError } from "../errors.ts";
import { contrastBatch, joinViews, type SpreadGradient, type SpreadOptions } from "../ops/contrast_batch.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import type { Batch, Encode, Objective, ObjectiveStep } from "./objective.ts";

export interface InvaSpreadOptions {
  /** T > 0. Default 0.1. */
  readonly temperature?: number;
  /** `anchor` (released code, default): the second factor of every score is taken as constant. `full`: the loss's true gradient. */
  readonly gradient?: SpreadGradient;
  /** Whether a sample's similarity with itself stays in its denominator, as in the paper. Default false, as in the released code. */
  readonly selfSimilarity?: boolean;
  /** Weight >= 1 of the negatives (the released code's negM). Default 1. */
  readonly negativeWeight?: number;
}

/** What the options do not say. */
export interface InvaSpreadSetting {
  /** Samples a step, B: at least 2. */
  readonly batch: number;
  readonly encode: Encode;
}

const OPTIONS = ["temperature", "gradient", "selfSimilarity", "negativeWeight"];

/**
 * Invariant and spreading instance features (Ye, Zhang, Yuen, Chang 2019, arXiv:1904.03436): two views of every sample in one
 * batch; each must recognise its twin, and nothing else may be recognised. There is no memory.
 */
export class InvaSpread implements Objective {
  readonly name = "invaspread";
  readonly views = 2;
  readonly accumulates = "the negatives of a sample are the rest of its batch, so parts of a batch have another loss. Use a smaller batch";
  /** Loss when all features are one: ln d + w (2B - 2) ln(d / (d - 1)), d = 1 + w (2B - 2), or 1 + w (2B - 1) with self-similarity. */
  readonly chance: number;
  readonly #encode: Encode;
  readonly #options: SpreadOptions;

  /** @throws UsageError on an option that is unknown or out of range */
  constructor({ batch, encode }: InvaSpreadSetting, options: InvaSpreadOptions = {}) {
    checkOptions(options);
    checkNumber("invaspread: batch", batch, { min: 2, integer: true });
    const { temperature = 0.1, gradient = "anchor", selfSimilarity = false, negativeWeight = 1 } = options;
    this.#encode = encode;
    this.#options = { temperature, gradient, selfSimilarity, negativeWeight };
    const negatives = negativeWeight * (2 * batch - 2);
    const d = 1 + negatives + (selfSimilarity ? negativeWeight : 0);
    this.chance = Math.log(d) - negatives * Math.log1p(-1 / d);
  }

  step(tape: Tape, { views }: Batch): ObjectiveStep {
    const [first, second] = views;
    if (!first || !second || views.length !== 2) throw new UsageError(`invaspread: expected two views of each sample, got ${views.length}`);
    if (first.slot === second.slot) throw new UsageError("invaspread: both views are one tensor: make them with different view numbers");
    const features = this.#encode(tape, joinViews(tape, first, second)); // f32[2B, D]: batch norm sees both views, as published
    const { loss, attract, spread } = contrastBatch(tape, features, this.#options);
    return { loss, report: { loss, attract, spread }, features: [features], commit() {} };
  }

  state() {
    return {};
  }

  destroy(): void {}
}

function checkOptions(options: InvaSpreadOptions): void {
  checkNames("invaspread", options, OPTIONS);
  const { temperature, gradient, selfSimilarity, negativeWeight } = options;
  if (temperature !== undefined) checkNumber("invaspread: temperature", temperature, { min: 0, above: true });
  if (gradient !== undefined) checkChoice("invaspread: gradient", gradient, ["anchor", "full"]);
  if (negativeWeight !== undefined) checkNumber("invaspread: negativeWeight", negativeWeight, { min: 1 });
  if (selfSimilarity !== undefined && typeof selfSimilarity !== "boolean")
    throw new UsageError(`invaspread: selfSimilarity: expected true or false, got ${JSON.stringify(selfSimilarity)}`);
}

import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import { type Init, uniformWithin, zeros } from "../nn/init.ts";
import type { Parameters } from "../nn/parameters.ts";
import { type InfoNce, infoNce, type NegativeScope, type StepAverage } from "../ops/info_nce.ts";
import { linear } from "../ops/matmul.ts";
import { reshape } from "../ops/reshape.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { CPC_PROFILES, type CpcProfile } from "./cpc_profiles.ts";
import type { Batch, Objective, ObjectiveStep } from "./objective.ts";

/** Every choice of contrastive prediction in which papers and codes differ. */
export interface CpcChoices {
  /** S >= 1 steps ahead (of a grid: rows below), or `all` that the sequence has. Default 12 (paper, audio). */
  readonly steps: number | "all";
  /** Steps after t that are not predicted, as where patches overlap. Default 0. */
  readonly skip: number;
  /** What a target is told from. Default `all`: every other frame of the batch. */
  readonly negatives: NegativeScope;
  /** Negatives drawn for every frame, out of that scope; 0 (default) takes all of it. */
  readonly drawn: number;
  /** Whether a drawn negative may be the target itself, as in most published code. Default false. */
  readonly keepPositive: boolean;
  /** Scores are products `sum`med over dimensions (default), their `mean`, or their sum times a number. */
  readonly scale: "sum" | "mean" | number;
  /** `sum` or `mean` (default) over steps of each step's mean loss, or the mean over all `predictions`. */
  readonly average: StepAverage;
  /** `every` frame that has a target (default), or those `with-all` of their targets in the sequence. */
  readonly anchors: "every" | "with-all";
  /** One matrix W_k `per-step` (default), or one `shared` by all. */
  readonly predictor: "per-step" | "shared";
  /** Whether predictions have a bias. Default false. */
  readonly bias: boolean;
}

export interface CpcOptions extends Partial<CpcChoices> {
  /** Published choices to start from; the other options override them. */
  readonly profile?: CpcProfile;
}

/** Maps a view to latents f32[B, T, latents] and to contexts f32[B, T, context], the context at t being made of frames up to t alone. */
export type EncodeSequence = (tape: Tape, view: Tensor) => { readonly latents: Tensor; readonly context: Tensor };

/** What the options do not say: the data and the model. */
export interface CpcSetting {
  /** Takes the predictors: `predictor.weight` [S, latents, context] (shared: [1, ...]) and, with a bias, `predictor.bias` [S, latents]. */
  readonly parameters: Parameters;
  /** Sequences a step, B. */
  readonly batch: number;
  /** Frames of a sequence, T. */
  readonly frames: number;
  /** Frames from one step ahead to the next, where they are a grid in reading order: the cells of a row. Default 1. */
  readonly stride?: number;
  /** Numbers in a latent, a multiple of 4. */
  readonly latents: number;
  /** Numbers in a context. */
  readonly context: number;
  readonly encode: EncodeSequence;
}

export const CPC_DEFAULTS: CpcChoices = {
  steps: 12,
  skip: 0,
  negatives: "all",
  drawn: 0,
  keepPositive: false,
  scale: "sum",
  average: "mean",
  anchors: "every",
  predictor: "per-step",
  bias: false,
};
/** Where negatives may come from. */
export const NEGATIVE_SCOPES: readonly NegativeScope[] = ["batch", "all", "sequence", "others", "speaker", "speaker-others"];

/**
 * Contrastive predictive coding (van den Oord, Li, Vinyals 2018, arXiv:1807.03748): from a summary of the past, linear maps predict the
 * latents of the next S frames, and each must be told from other latents. Nothing is kept between steps.
 */
export class Cpc implements Objective {
  readonly name = "cpc";
  readonly views = 1;
  readonly accumulates = "its negatives are other frames of the batch, of which a part of it has fewer";
  /** Loss of contexts that predict nothing, where every prediction has the same number of candidates. */
  readonly chance?: number;
  readonly choices: CpcChoices;
  /** S */
  readonly steps: number;
  readonly #setting: CpcSetting;
  readonly #weight: Tensor;
  readonly #bias: Tensor | undefined;

  /** @throws UsageError on an option that is unknown or out of range */
  constructor(setting: CpcSetting, { profile, ...options }: CpcOptions = {}) {
    if (profile !== undefined) checkChoice("cpc: profile", profile, Object.keys(CPC_PROFILES));
    this.choices = { ...CPC_DEFAULTS, ...(profile && CPC_PROFILES[profile]), ...options };
    checkChoices(this.choices);
    const { batch, frames, stride = 1, latents, context, parameters } = setting;
    for (const [name, value] of Object.entries({ batch, frames, stride, latents, context }))
      checkNumber(`cpc: ${name}`, value, { min: 1, integer: true });
    const { steps, skip, predictor, bias } = this.choices;
    const all = Math.floor(frames / stride);
    this.steps = steps === "all" ? all - 1 - skip : steps;
    if (this.steps < 1 || this.steps + skip >= all)
      throw new UsageError(
        `cpc: ${this.steps} steps ahead${skip ? `, ${skip} skipped,` : ""} do not fit ` +
          (stride > 1
            ? `grids of ${all} rows. Take more of them, or fewer steps`
            : `sequences of ${frames} frames. Take longer ones, or fewer steps`),
      );
    const maps = predictor === "shared" ? 1 : this.steps;
    const init: Init = uniformWithin(1 / Math.sqrt(context)); // as torch.nn.Linear
    this.#setting = setting;
    this.#weight = parameters.add("predictor.weight", [maps, latents, context], init);
    this.#bias = bias ? parameters.add("predictor.bias", [maps, latents], zeros) : undefined;
    const candidates = candidateCount(this.choices, batch, frames);
    if (candidates !== undefined) this.chance = Math.log(candidates) * (this.choices.average === "sum" ? this.steps : 1);
  }

  step(tape: Tape, { views, groups, episodes }: Batch): ObjectiveStep {
    const [view] = views;
    if (!view || views.length !== 1) throw new UsageError(`cpc: expected one view of each sample, got ${views.length}`);
    const { latents, context } = this.#setting.encode(tape, view);
    const made = this.predict(tape, latents, context, { groups, episodes });
    const { loss, accuracy, bound, steps } = made;
    const [B = 0, T = 0, Dc = 0] = context.shape;
    const series = { accuracy: steps.accuracy };
    return { loss, report: { loss, accuracy, bound }, series, features: [context.as([B * T, Dc])], commit() {} };
  }

  /**
   * Loss of given latents f32[B, T, latents] and contexts f32[B, T, context], in all and by steps ahead: for an auxiliary loss.
   * @throws ShapeError when sizes do not match
   */
  predict(tape: Tape, latents: Tensor, context: Tensor, { groups, episodes }: Pick<Batch, "groups" | "episodes"> = {}): InfoNce {
    const [B = 0, T = 0, D = 0] = latents.shape;
    const [maps = 0, Dz = 0, Dc = 0] = this.#weight.shape;
    if (D !== Dz || context.shape.join() !== [B, T, Dc].join())
      throw new ShapeError(`cpc: expected latents [B, T, ${Dz}] and contexts [B, T, ${Dc}], got [${latents.shape}] and [${context.shape}]`);
    const weight = reshape(tape, this.#weight, [maps * Dz, Dc]);
    const bias = this.#bias && reshape(tape, this.#bias, [maps * Dz]);
    const q = reshape(tape, linear(tape, reshape(tape, context, [B * T, Dc]), weight, bias), [B, T, maps, Dz]); // W_k c, all k at once
    const { drawn, predictor: _, bias: __, ...choices } = this.choices;
    return infoNce(tape, q, latents, {
      ...choices,
      steps: this.steps,
      stride: this.#setting.stride ?? 1,
      ...(drawn > 0 && { drawn }),
      groups,
      episodes,
    });
  }

  state() {
    return {};
  }

  destroy(): void {}
}

/** Candidates of every prediction, the target among them; undefined where it depends on the data. */
function candidateCount({ negatives, drawn, keepPositive }: CpcChoices, B: number, T: number): number | undefined {
  if (drawn > 0) return keepPositive || negatives === "others" ? drawn + 1 : undefined;
  if (negatives === "batch") return B;
  if (negatives === "sequence") return T;
  if (negatives === "all") return B * T;
  return negatives === "others" ? (B - 1) * T + 1 : undefined;
}

function checkChoices(choices: CpcChoices): void {
  checkNames("cpc", choices, [...Object.keys(CPC_DEFAULTS), "profile"]);
  const { steps, skip, drawn, scale, negatives, average, anchors, predictor } = choices;
  if (steps !== "all") checkNumber("cpc: steps", steps, { min: 1, integer: true });
  checkNumber("cpc: skip", skip, { min: 0, integer: true });
  checkNumber("cpc: drawn", drawn, { min: 0, integer: true });
  if (scale !== "sum" && scale !== "mean") checkNumber("cpc: scale (sum, mean or a number)", scale, { min: 0, above: true });
  checkChoice("cpc: negatives", negatives, NEGATIVE_SCOPES);
  checkChoice("cpc: average", average, ["sum", "mean", "predictions"]);
  checkChoice("cpc: anchors", anchors, ["every", "with-all"]);
  checkChoice("cpc: predictor", predictor, ["per-step", "shared"]);
  for (const name of ["keepPositive", "bias"] as const)
    if (typeof choices[name] !== "boolean")
      throw new UsageError(`cpc: ${name}: expected true or false, got ${JSON.stringify(choices[name])}`);
}

/**
 * Speakers of a batch, before they are uploaded: with `speaker-others` each needs a second sequence in it.
 * @throws UsageError naming the speaker that has none
 */
export function checkSpeakers(groups: ArrayLike<number>): void {
  const counts = new Map<number, number>();
  for (const group of Array.from(groups)) counts.set(group, (counts.get(group) ?? 0) + 1);
  for (const [group, count] of counts)
    if (count < 2)
      throw new UsageError(
        `cpc: speaker ${group} has one sequence in the batch, and "speaker-others" needs another of the same speaker. Batch by speaker`,
      );
}

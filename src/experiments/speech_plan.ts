import { UsageError } from "../errors.ts";
import { PAPER_NEGATIVES } from "../objectives/cpc_profiles.ts";
import { resolveConfig, type TrainConfig, type TrainOptions } from "../train/config.ts";
import { isSoundData } from "../train/data_config.ts";

// Two ablations of contrastive prediction on speech (van den Oord, Li, Vinyals 2018, tables 2), at small scale: what is trained, and in which
// order. Nothing here touches a GPU.

/** `negatives`: where negatives come from. `steps`: how many steps ahead are predicted. */
export const SPEECH_STUDIES = ["negatives", "steps"] as const;
export type SpeechStudy = (typeof SPEECH_STUDIES)[number];

/** Everything that a study depends on but seeds. Plain data: kept in the results. */
export interface SpeechPlan {
  readonly study: SpeechStudy;
  /** Of every training; the objective is laid over by the variant's, the seed is the cell's. */
  readonly train: TrainConfig;
  /** What is compared: choices of the objective by name, in the order of the table. */
  readonly variants: { readonly [name: string]: { readonly [option: string]: unknown } };
}

/** One training. */
export interface SpeechCell {
  readonly variant: string;
  readonly seed: number;
}

/** Steps ahead, as in the paper's table 2 but for the last, 16: windows have 40 frames here. */
export const STEPS_AHEAD: readonly number[] = [1, 2, 4, 8, 12];

/**
 * What both studies train, unless told otherwise: windows of 0.8 s at 8 kHz, an eighth of the paper's width, and log-mel spectra in place of
 * samples, of which minutes teach next to nothing (measured: README, speech).
 */
export const SPEECH_RECIPE: TrainOptions = {
  objective: { name: "cpc", steps: 8 },
  data: { name: "asterisk" },
  encoder: { name: "audio", input: "log-mel", width: 64, context: "gru", units: 128 },
  view: { kind: "window", samples: 6400, level: "rms" },
  schedule: { kind: "cosine", rate: 2e-3 },
  batch: 8,
  epochs: 3,
};

/**
 * @param options of every training, complete: `SPEECH_RECIPE` with what a person changed
 * @param ahead of `steps`: how many steps are predicted, one training each
 * @throws UsageError for what no training can be
 */
export function speechPlan(study: SpeechStudy, options: TrainOptions, ahead: readonly number[] = STEPS_AHEAD): SpeechPlan {
  if (ahead.length === 0 || new Set(ahead).size < ahead.length || ahead.some((steps) => !Number.isInteger(steps) || steps < 1))
    throw new UsageError(`--ahead: expected whole numbers of 1 or more, each once, got ${ahead.join()}`);
  const variants =
    study === "negatives"
      ? Object.fromEntries(Object.entries(PAPER_NEGATIVES).map(([name, negatives]) => [name, { negatives }]))
      : Object.fromEntries(ahead.toSorted((a, b) => a - b).map((steps) => [steps === 1 ? "1 step" : `${steps} steps`, { steps }]));
  const { name = "none" } = options.data ?? {};
  if (!isSoundData(name)) throw new UsageError(`experiment ${study}: expected data of sound, got ${name}`);
  const train = resolveConfig(options);
  return { study, train, variants };
}

/** Every cell for these seeds: a seed after the other, so that a study that is stopped has whole rows of fewer seeds. */
export const speechCells = ({ variants }: SpeechPlan, seeds: readonly number[]): SpeechCell[] =>
  seeds.flatMap((seed) => Object.keys(variants).map((variant) => ({ variant, seed })));

/** What a cell trains. */
export function speechConfig({ train, variants }: SpeechPlan, { variant, seed }: SpeechCell): TrainConfig {
  return { ...train, seed, objective: { ...train.objective, ...variants[variant] } };
}

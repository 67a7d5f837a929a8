import { UsageError } from "../errors.ts";
import { OPTIMISERS } from "../optim/optimiser.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { checkData, type DataConfig, isSoundData, isTextData } from "./data_config.ts";

/** Everything that decides a run. Two runs of one config on one adapter, by the same variants of kernels, give the same bits. Kept in `config.json`. */
export interface TrainConfig {
  /** `name` and the options of `src/objectives/<name>.ts`, which checks them. */
  readonly objective: { readonly name: string; readonly [option: string]: unknown };
  readonly data: DataConfig;
  /** `name` and the options of that encoder (`nn/encoders/`), which checks them. Image size and channels come from the data. */
  readonly encoder: { readonly name: string; readonly [option: string]: unknown };
  /** How a training view is made from an image (`data/views`), `kind` and its options. */
  readonly view: { readonly kind: string; readonly [option: string]: unknown };
  /** `name` and the options of that optimiser (`optim/`), which checks them, and the schedule of its rate (`optim/schedule.ts`). */
  readonly optimiser: { readonly name: string; readonly [option: string]: unknown };
  readonly schedule: { readonly kind: string; readonly [option: string]: unknown };
  /** Images a step. */
  readonly batch: number;
  /**
   * Parts that a batch is cut into. They are computed one after the other and their gradients added up, so that a step has the memory
   * of one part; batch norm sees a part at a time. For objectives that allow it (`Objective.accumulates`).
   */
  readonly accumulate: number;
  readonly epochs: number;
  /** Of weights, shuffle, views, negatives: u32. */
  readonly seed: number;
  readonly evaluate: EvaluateConfig;
  /** Steps between checkpoints; null: one an epoch. */
  readonly checkpointEvery: number | null;
  /**
   * Whether kernels are the default variants of such adapters instead of those that `nearfar tune` has measured: then no measurement
   * decides how a sum is rounded. A run that is resumed goes on with the variants it began with either way.
   */
  readonly deterministic: boolean;
}

export interface EvaluateConfig {
  /** Epochs between evaluations. The last epoch is always evaluated. */
  readonly every: number;
  /** Neighbours that vote. */
  readonly k: number;
  /** Temperature of the votes' weights. */
  readonly temperature: number;
}

/**
 * The small preset: what learns MNIST best in minutes. The standardised head and the bank that starts with the encoder's
 * features are what makes every mode learn on few images and epochs; the papers' presets have neither.
 */
export const DEFAULTS: TrainConfig = {
  objective: { name: "instdisc" },
  data: { name: "mnist", folder: null, limit: null, test: 2000, classes: null },
  encoder: { name: "convnet", blocks: [16, 32, 64], dim: 64, head: "standardised" },
  view: { kind: "affine", rotation: 0.2, scale: 0.2, shear: 0.3, shift: 0.05 },
  optimiser: { name: "sgd", momentum: 0.9, nesterov: false, weightDecay: 5e-4 },
  schedule: { kind: "constant", rate: 0.03 },
  batch: 128,
  accumulate: 1,
  epochs: 10,
  seed: 1,
  evaluate: { every: 1, k: 20, temperature: 0.1 },
  checkpointEvery: null,
  deterministic: false,
};

/** What contrastive prediction starts from instead: sound, cut into windows. */
export const CPC_DEFAULTS: TrainConfig = {
  ...DEFAULTS,
  objective: { name: "cpc" },
  data: { name: "asterisk", folder: null, limit: null, test: null, classes: null },
  encoder: { name: "audio", width: 128, context: "gru", units: 128 },
  view: { kind: "window", samples: 20_480, short: "pad", level: "none" },
  optimiser: { name: "adam" },
  schedule: { kind: "constant", rate: 2e-4 },
  batch: 8,
};

/** What contrastive prediction of images starts from: overlapping patches in a grid. */
export const CPC_IMAGE_DEFAULTS: TrainConfig = {
  ...DEFAULTS,
  objective: { name: "cpc" },
  encoder: { name: "patchnet", patch: 8, step: 4, blocks: [32, 64, 64], context: "pixel", units: 64 },
  view: { kind: "plain" },
  optimiser: { name: "adam" },
  schedule: { kind: "constant", rate: 1e-3 },
  batch: 32,
};

/** What contrastive prediction of text starts from: sentences of passages. */
export const CPC_TEXT_DEFAULTS: TrainConfig = {
  ...CPC_DEFAULTS,
  objective: { name: "cpc", profile: "text" },
  data: { ...CPC_DEFAULTS.data, name: "text" },
  encoder: { name: "text", embedding: 64, width: 96, kernel: 3, context: "gru", units: 96 },
  view: { kind: "passage", sentences: 12, words: 32, vocabulary: 5000 },
  schedule: { kind: "constant", rate: 3e-3 },
  batch: 16,
};

/** The objective that sound and text are learned by, and images patch by patch. */
export const SEQUENCE_OBJECTIVE = "cpc";

/** What a config that names this objective and these data starts from. */
function defaultsOf({ objective, data }: TrainOptions): TrainConfig {
  if ((objective as Partial<TrainConfig["objective"]> | undefined)?.name !== SEQUENCE_OBJECTIVE) return DEFAULTS;
  if (data?.name === undefined || isSoundData(data.name)) return CPC_DEFAULTS;
  return isTextData(data.name) ? CPC_TEXT_DEFAULTS : CPC_IMAGE_DEFAULTS;
}

/** A partial config: sections and fields that are left out keep their defaults. */
export type TrainOptions = { readonly [S in keyof TrainConfig]?: TrainConfig[S] extends object ? Partial<TrainConfig[S]> : TrainConfig[S] };

/**
 * Fills in the defaults and checks the fields that the loop itself reads; sections that belong to an objective, an encoder, a
 * view or an optimiser are checked where they are used, before anything is allocated.
 * @throws UsageError naming the option, what it must be and what it is
 */
export function resolveConfig(options: TrainOptions): TrainConfig {
  checkNames("config", options, Object.keys(DEFAULTS));
  const defaults = defaultsOf(options);
  const section = <S extends "objective" | "data" | "encoder" | "view" | "optimiser" | "schedule" | "evaluate">(
    name: S,
  ): TrainConfig[S] => {
    const given: unknown = options[name] ?? {};
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new UsageError(`config: ${name}: expected an object, got ${JSON.stringify(given)}`);
    }
    return { ...defaults[name], ...given };
  };
  /** The default's options are those of the default encoder, optimiser or kind of view: another one has its own. */
  const chosen = <S extends "encoder" | "view" | "optimiser">(name: S, by: "name" | "kind"): TrainConfig[S] => {
    const merged = section(name);
    const which = (of: object): unknown => (of as { readonly [key: string]: unknown })[by];
    return which(merged) === which(defaults[name]) ? merged : ({ ...options[name], [by]: which(merged) } as TrainConfig[S]);
  };
  const config: TrainConfig = {
    objective: section("objective"),
    // The default's part of the held-out images is MNIST's: where there are a few hundred, all are used.
    data: { ...section("data"), ...(["emoji", "scenes"].includes(options.data?.name ?? "") && { test: options.data?.test ?? null }) },
    encoder: chosen("encoder", "name"),
    view: chosen("view", "kind"),
    optimiser: chosen("optimiser", "name"),
    schedule: section("schedule"),
    evaluate: section("evaluate"),
    batch: options.batch ?? defaults.batch,
    accumulate: options.accumulate ?? defaults.accumulate,
    epochs: options.epochs ?? defaults.epochs,
    seed: options.seed ?? defaults.seed,
    checkpointEvery: options.checkpointEvery ?? defaults.checkpointEvery,
    deterministic: options.deterministic ?? defaults.deterministic,
  };
  check(config);
  return config;
}

function check({
  objective,
  encoder,
  view,
  optimiser,
  data,
  evaluate,
  batch,
  accumulate,
  epochs,
  seed,
  checkpointEvery,
  deterministic,
}: TrainConfig): void {
  checkChoice("objective", objective.name, ["instdisc", "invaspread", "cmc", "cpc"]);
  checkChoice("encoder", encoder.name, ["convnet", "resnet18", "audio", "patchnet", "text"]);
  checkChoice("optimiser", optimiser.name, OPTIMISERS);
  checkData(data);
  checkKinds({ objective, encoder, view, data });
  checkNames("evaluate", evaluate, Object.keys(DEFAULTS.evaluate));
  checkNumber("batch", batch, { min: 1, integer: true });
  checkNumber("accumulate", accumulate, { min: 1, integer: true });
  if (batch % accumulate !== 0) throw new UsageError(`accumulate: expected a divisor of the batch of ${batch}, got ${accumulate}`);
  checkNumber("epochs", epochs, { min: 1, integer: true });
  checkNumber("seed", seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  checkNumber("evaluate.every", evaluate.every, { min: 1, integer: true });
  checkNumber("evaluate.k", evaluate.k, { min: 1, max: 200, integer: true });
  checkNumber("evaluate.temperature", evaluate.temperature, { min: 0, above: true });
  if (typeof deterministic !== "boolean")
    throw new UsageError(`deterministic: expected true or false, got ${JSON.stringify(deterministic)}`);
  if (checkpointEvery !== null) checkNumber("checkpointEvery", checkpointEvery, { min: 1, integer: true });
}

/** Data that have an encoder and a view of their own, and are learned by contrastive prediction alone. */
const SEQUENCES = [
  { is: isSoundData, what: "sound", encoder: "audio", view: "window" },
  { is: isTextData, what: "text", encoder: "text", view: "passage" },
] as const;

/** @throws UsageError for parts that do not go together: of images, contrastive prediction has an encoder of its own, too */
function checkKinds({ objective, encoder, view, data }: Pick<TrainConfig, "objective" | "encoder" | "view" | "data">): void {
  const predicts = objective.name === SEQUENCE_OBJECTIVE;
  const kind = SEQUENCES.find(({ is }) => is(data.name));
  if (kind) {
    const wanted = `objective cpc, encoder ${kind.encoder} and a view of kind ${kind.view}`;
    const asked = { objective: predicts, encoder: encoder.name === kind.encoder, view: view.kind === kind.view };
    const stray = Object.entries(asked).find(([, is]) => !is)?.[0];
    if (stray === undefined) return;
    const given = { objective: objective.name, encoder: encoder.name, view: view.kind }[stray];
    throw new UsageError(`${stray} ${given}: data ${data.name} are ${kind.what}: expected ${wanted}`);
  }
  if (SEQUENCES.some((other) => other.view === view.kind))
    throw new UsageError(`view ${view.kind}: data ${data.name} are images: expected a view of images`);
  const fitting = predicts ? encoder.name === "patchnet" : ["convnet", "resnet18"].includes(encoder.name);
  if (fitting) return;
  const wanted = predicts ? "encoder patchnet" : "encoder convnet or resnet18";
  throw new UsageError(`encoder ${encoder.name}: data ${data.name} are images, learned by ${objective.name}: expected ${wanted}`);
}

import { UsageError } from "../errors.ts";
import { OPTIMISERS } from "../optim/optimiser.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";

/** Everything that decides a run. Two runs of one config on one adapter give the same bits. Kept in `config.json`. */
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
  readonly epochs: number;
  /** Of weights, shuffle, views, negatives: u32. */
  readonly seed: number;
  readonly evaluate: EvaluateConfig;
  /** Steps between checkpoints; null: one an epoch. */
  readonly checkpointEvery: number | null;
}

export interface DataConfig {
  readonly name: string;
  /** Folder of the files, its URL, or for CIFAR their `.tar.gz`; null: the package that ships them (MNIST only). */
  readonly folder: string | null;
  /** Training images used, the first of the file; null: all. */
  readonly limit: number | null;
  /** Held-out images used, the first of the test file; null: all. */
  readonly test: number | null;
  /** Of `scenes`: height and width to render at. */
  readonly size?: readonly [number, number] | null;
}

/** The data sets by name. */
export const DATA_NAMES: readonly string[] = ["mnist", "cifar10", "cifar100", "stl10", "stl10-unlabeled", "scenes"];
/** Fields of data that only some data sets have. */
const DATA_FIELDS = ["size"];

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
  data: { name: "mnist", folder: null, limit: null, test: 2000 },
  encoder: { name: "convnet", blocks: [16, 32, 64], dim: 64, head: "standardised" },
  view: { kind: "affine" },
  optimiser: { name: "sgd", momentum: 0.9, nesterov: false, weightDecay: 5e-4 },
  schedule: { kind: "constant", rate: 0.03 },
  batch: 128,
  epochs: 10,
  seed: 1,
  evaluate: { every: 1, k: 20, temperature: 0.1 },
  checkpointEvery: null,
};

/** A partial config: sections and fields that are left out keep their defaults. */
export type TrainOptions = { readonly [S in keyof TrainConfig]?: TrainConfig[S] extends object ? Partial<TrainConfig[S]> : TrainConfig[S] };

/**
 * Fills in the defaults and checks the fields that the loop itself reads; sections that belong to an objective, an encoder, a
 * view or an optimiser are checked where they are used, before anything is allocated.
 * @throws UsageError naming the option, what it must be and what it is
 */
export function resolveConfig(options: TrainOptions): TrainConfig {
  checkNames("config", options, Object.keys(DEFAULTS));
  const section = <S extends "objective" | "data" | "encoder" | "view" | "optimiser" | "schedule" | "evaluate">(
    name: S,
  ): TrainConfig[S] => {
    const given: unknown = options[name] ?? {};
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      throw new UsageError(`config: ${name}: expected an object, got ${JSON.stringify(given)}`);
    }
    return { ...DEFAULTS[name], ...given };
  };
  const encoder = section("encoder");
  const optimiser = section("optimiser");
  const config: TrainConfig = {
    objective: section("objective"),
    data: section("data"),
    // The default's options are those of the default encoder: another one has its own.
    encoder: encoder.name === DEFAULTS.encoder.name ? encoder : { ...options.encoder, name: encoder.name },
    view: section("view"),
    optimiser: optimiser.name === DEFAULTS.optimiser.name ? optimiser : { ...options.optimiser, name: optimiser.name },
    schedule: section("schedule"),
    evaluate: section("evaluate"),
    batch: options.batch ?? DEFAULTS.batch,
    epochs: options.epochs ?? DEFAULTS.epochs,
    seed: options.seed ?? DEFAULTS.seed,
    checkpointEvery: options.checkpointEvery ?? DEFAULTS.checkpointEvery,
  };
  check(config);
  return config;
}

function check({ objective, encoder, optimiser, data, evaluate, batch, epochs, seed, checkpointEvery }: TrainConfig): void {
  checkChoice("objective", objective.name, ["instdisc", "invaspread"]);
  checkChoice("encoder", encoder.name, ["convnet", "resnet18"]);
  checkChoice("optimiser", optimiser.name, OPTIMISERS);
  checkChoice("data", data.name, DATA_NAMES);
  checkNames("data", data, [...Object.keys(DEFAULTS.data), ...DATA_FIELDS]);
  checkNames("evaluate", evaluate, Object.keys(DEFAULTS.evaluate));
  checkNumber("batch", batch, { min: 1, integer: true });
  checkNumber("epochs", epochs, { min: 1, integer: true });
  checkNumber("seed", seed, { min: 0, max: 2 ** 32 - 1, integer: true });
  checkNumber("evaluate.every", evaluate.every, { min: 1, integer: true });
  checkNumber("evaluate.k", evaluate.k, { min: 1, max: 200, integer: true });
  checkNumber("evaluate.temperature", evaluate.temperature, { min: 0, above: true });
  if (checkpointEvery !== null) checkNumber("checkpointEvery", checkpointEvery, { min: 1, integer: true });
  for (const name of ["limit", "test"] as const) {
    const value = data[name];
    if (value !== null) checkNumber(`data.${name}`, value, { min: 1, integer: true });
  }
}

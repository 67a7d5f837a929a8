import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { WEIGHTS } from "../host/frozen_encoder.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import { resolveConfig, SEQUENCE_OBJECTIVE, type TrainConfig } from "../train/config.ts";
import { type DataConfig, isSequential } from "../train/data_config.ts";
import type { RunFolder } from "../train/folder.ts";
import { readWeights, type WeightsOptions } from "../train/weights.ts";
import type { Arguments, Option } from "./options.ts";
import { configFrom, DATA_OPTIONS, dataSource } from "./train_options.ts";

const ENCODER = "Encoder";

/** Which encoder: for every command that takes any weights. */
export const WEIGHTS_OPTIONS: readonly Option[] = [
  {
    name: "weights",
    type: "text",
    value: "FILE|DIR",
    group: ENCODER,
    help: "a run folder, its checkpoint, or a PyTorch state_dict saved as safetensors",
  },
  {
    name: "encoder",
    type: "text",
    value: "NAME",
    group: ENCODER,
    choices: ["convnet", "resnet18"],
    help: "what a state_dict is of: convnet or resnet18; its sizes are read off the tensors",
    shown: "as in the run",
  },
  {
    name: "encoder-of",
    type: "text",
    value: "VIEW|all",
    group: ENCODER,
    help: "of a run over several views (cmc): whose encoder to use, by the view's name; all: the features of all views side by side",
    shown: "the first view",
  },
  {
    name: "encoder-options",
    type: "text",
    value: "JSON",
    group: ENCODER,
    help: `what the tensors of a state_dict do not tell, such as {"stride":1} of convnet`,
  },
  {
    name: "view",
    type: "text",
    value: "JSON",
    group: ENCODER,
    help: `what the encoder of a state_dict sees: {"normalise":{"mean":0.5,"std":0.25},"size":[32,32]}`,
    shown: "the image, 0 to 1",
  },
];

const AMOUNTS: readonly string[] = ["limit", "test", "train-classes"];
/** Where the images come from; how many of them, every command says for itself. */
export const SOURCE_OPTIONS: readonly Option[] = DATA_OPTIONS.filter(({ name }) => !AMOUNTS.includes(name)).map((option) => ({
  ...option,
  shown: "as in the run",
}));

/** A weights file as the command line names it, looked into. */
export interface WeightsInput {
  /** What errors call it. */
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly given: WeightsOptions;
  /** Of the run that made the weights; undefined for a file that knows of none. */
  readonly config: TrainConfig | undefined;
}

/** Reads what `--weights`, or a positional run folder, names. @throws UsageError, FormatError before anything is computed */
export async function weightsInput(args: Arguments): Promise<WeightsInput> {
  const [positional] = args.positionals;
  const option = text(args, "weights");
  if (positional !== undefined && option !== undefined) throw new UsageError(`give either ${positional} or --weights, not both`);
  const path = positional ?? option;
  if (path === undefined) throw new UsageError("--weights FILE|DIR is missing: a run folder, a checkpoint or a state_dict");
  const what = positional ?? `--weights ${path}`;
  const info = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${what}: no such file or folder`, { cause });
  });
  const file = info.isDirectory() ? join(path, CHECKPOINT) : path;
  if (!existsSync(file)) throw new UsageError(`${what}: no ${CHECKPOINT}: not a run folder, or nothing was saved yet`);
  const bytes = await readFile(file);
  const given = {
    encoder: text(args, "encoder"),
    options: json(args, "encoder-options"),
    view: json(args, "view"),
    of: text(args, "encoder-of"),
  };
  return { file, bytes, given, config: readWeights(bytes, file, given).config };
}

/**
 * Which images: those of the run, or MNIST's for weights without one, and what the command line says of them.
 * @param amounts options that count here besides those of SOURCE_OPTIONS
 * @param changed fields of the run's data that do not matter here
 */
export function dataOf(args: Arguments, { config }: WeightsInput, amounts: readonly string[], changed: Partial<DataConfig>): DataConfig {
  const { values, positionals } = args;
  const names = [...SOURCE_OPTIONS.map(({ name }) => name), ...amounts];
  const own: Arguments = { values: new Map([...values].filter(([name]) => names.includes(name))), positionals };
  const data = values.get("data");
  // Counts and classes of a run mean nothing in another data set.
  const same = config !== undefined && (typeof data !== "string" || dataSource(data).name === config.data.name);
  const base = same ? { ...config.data, ...changed } : { test: null, ...changed };
  const options = configFrom(own, { data: base });
  return resolveConfig({ ...options, ...(isSequential(options.data?.name ?? "") && { objective: { name: SEQUENCE_OBJECTIVE } }) }).data;
}

export function text(args: Arguments, name: string): string | undefined {
  const value = args.values.get(name);
  return typeof value === "string" ? value : undefined;
}

/** The numbers of an option, or undefined when it was not given. */
export function numbers(args: Arguments, name: string): readonly number[] | undefined {
  const value = args.values.get(name);
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? value : undefined;
}

export function number(args: Arguments, name: string): number | undefined {
  const value = args.values.get(name);
  return typeof value === "number" ? value : undefined;
}

function json(args: Arguments, name: string): object | undefined {
  const given = text(args, name);
  if (given === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch (cause) {
    throw new UsageError(`--${name}: not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`--${name}: expected a JSON object, got ${given}`);
}

/** What a job sees instead of a run folder: the weights, and nowhere to write. */
export class WeightsFolder implements RunFolder {
  constructor(private readonly weights: Uint8Array) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    return name === WEIGHTS ? this.weights : undefined;
  }

  async write(name: string, _bytes: Uint8Array | string): Promise<void> {
    throw new UsageError(`${name}: cannot be written here`);
  }

  async append(name: string): Promise<void> {
    throw new UsageError(`${name}: cannot be written here`);
  }
}

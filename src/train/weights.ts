import type { ViewConfig } from "../data/views/view.ts";
import { FormatError, ShapeError, UsageError } from "../errors.ts";
import { readSafetensors, type SafeTensor } from "../formats/safetensors.ts";
import type { Values } from "../nn/named.ts";
import type { Parameters } from "../nn/parameters.ts";
import { resolveConfig, type TrainConfig } from "./config.ts";
import { parseCheckpoint } from "./resume.ts";

/** What a person says about a file that cannot speak for itself. All fields are for files without a config. */
export interface WeightsOptions {
  /** Name of the encoder; a checkpoint of nearfar knows its own. */
  readonly encoder?: string | undefined;
  /** Options of the encoder that win over those read off the tensors' shapes. */
  readonly options?: object | undefined;
  /** What the encoder sees. Default: the plain image, 0 to 1. */
  readonly view?: object | undefined;
  /** Of a run over several views: the one whose encoder is meant, by name (default: the first), or "all": their features side by side. */
  readonly of?: string | undefined;
}

/** An encoder's weights, and what builds the encoder that they fit. */
export interface Weights {
  readonly encoder: TrainConfig["encoder"];
  /** Of the training; evaluation shows the same size and normalisation. */
  readonly view: ViewConfig;
  /** By the encoder's own names, PyTorch's. */
  readonly values: ReadonlyMap<string, Values>;
  /** The run that made them: only of a checkpoint of nearfar. */
  readonly config: TrainConfig | undefined;
  /** Of a run on text: the words that its encoder knows. */
  readonly vocabulary?: readonly string[] | undefined;
  /** Which view's encoder is meant, where the run has several views. */
  readonly of: string | undefined;
}

/**
 * Reads a checkpoint of nearfar (its config says which encoder, and what it sees) or any other safetensors file, such as a
 * PyTorch `state_dict`: the encoder is named by `given`, its sizes are read off the tensors.
 * @throws FormatError for a damaged or foreign file, tensors that are not F32, and values that are not finite
 * @throws UsageError when the encoder of a state_dict is not named, or a checkpoint is told what it knows
 */
export function readWeights(bytes: Uint8Array, name: string, given: WeightsOptions = {}): Weights {
  if ((bytes[0] === 0x50 && bytes[1] === 0x4b) || (bytes[0] === 0x80 && bytes[1] === 2))
    throw new FormatError(`${name}: a pickled PyTorch file: save the state_dict with safetensors.torch.save_file instead`);
  const { tensors, metadata } = readSafetensors(bytes, { name });
  if (metadata.get("format")?.startsWith("nearfar-checkpoint")) return ofCheckpoint(bytes, name, given);
  const { encoder, options } = given;
  if (given.of !== undefined) throw new UsageError(`${name}: --encoder-of: a state_dict is of one encoder`);
  if (encoder === undefined) throw new UsageError(`${name}: not a checkpoint of nearfar: say which encoder it is of with --encoder NAME`);
  const settled = Object.keys(options ?? {}).find((option) => ["channels", "height", "width", "prefix"].includes(option));
  if (settled !== undefined) throw new UsageError(`${name}: --encoder-options: ${settled} comes from the images and the tensors' names`);
  const values = valuesOf(unprefixed(tensors), name);
  const inferred = encoder === "resnet18" ? resNetOf(values) : convNetOf(values);
  const known = Object.fromEntries(Object.entries(inferred).filter(([, value]) => value !== undefined));
  const view = { kind: "plain", ...given.view } as ViewConfig;
  return { encoder: { ...known, ...options, name: encoder }, view, values, config: undefined, of: undefined };
}

/** Of a checkpoint's parameters, those of the objective: no part of the encoder. */
const PREDICTOR = "encoder.predictor.";

function ofCheckpoint(bytes: Uint8Array, name: string, given: WeightsOptions): Weights {
  const checkpoint = parseCheckpoint(bytes, name);
  const config = resolveConfig(checkpoint.config);
  if (given.encoder !== undefined && given.encoder !== config.encoder.name)
    throw new UsageError(`${name}: --encoder ${given.encoder}: this checkpoint is of ${config.encoder.name}`);
  if (given.options || given.view) throw new UsageError(`${name}: --encoder-options and --view: this checkpoint knows its own`);
  if (given.of !== undefined && config.objective.name !== "cmc")
    throw new UsageError(`${name}: --encoder-of ${given.of}: this run has one encoder and one view`);
  const own = [...checkpoint.tensors].filter(([key]) => key.startsWith("encoder.") && !key.startsWith(PREDICTOR));
  const values = valuesOf(unprefixed(new Map(own)), name);
  const { vocabulary } = checkpoint;
  return { encoder: config.encoder, view: config.view as ViewConfig, values, config, vocabulary, of: given.of };
}

/** Without what wrappers put before every name: DataParallel's `module.`, our `encoder.`. */
function unprefixed(tensors: ReadonlyMap<string, SafeTensor>): ReadonlyMap<string, SafeTensor> {
  const names = [...tensors.keys()];
  const prefix = ["module.", "encoder."].find((start) => names.length > 0 && names.every((name) => name.startsWith(start)));
  if (prefix === undefined) return tensors;
  return unprefixed(new Map([...tensors].map(([name, tensor]) => [name.slice(prefix.length), tensor])));
}

/** Tensors as parameters are written. PyTorch's step counters are left out: they are no part of an encoder. */
function valuesOf(tensors: ReadonlyMap<string, SafeTensor>, file: string): Map<string, Values> {
  const found = new Map<string, Values>();
  for (const [name, { dtype, shape, data }] of tensors) {
    if (name.endsWith("num_batches_tracked")) continue;
    if (dtype !== "F32")
      throw new FormatError(`${file}: tensor ${name}: expected F32, found ${dtype}: convert the state_dict with .float()`);
    if (!data.every(Number.isFinite)) throw new FormatError(`${file}: tensor ${name} holds a value that is not finite`);
    found.set(name, { shape, data: data as Float32Array<ArrayBuffer> });
  }
  return found;
}

/**
 * Gives an encoder of a kind the values of a file.
 * @throws FormatError when they do not fit: names every tensor that is missing, extra or mis-shaped
 */
export function giveWeights(
  { parameters, encoder }: { readonly parameters: Parameters; readonly encoder: { readonly config: object } },
  values: Weights["values"],
  kind: string,
  file: string,
): void {
  try {
    parameters.write(values);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new FormatError(`${file}: does not fit the encoder ${kind} ${JSON.stringify(encoder.config)}: ${error.message}`, {
      cause: error,
    });
  }
}

type Known = { readonly [option: string]: unknown };

function resNetOf(values: ReadonlyMap<string, Values>): Known {
  const first = values.get("conv1.weight")?.shape;
  return {
    base: first?.[0],
    stem: first && (first[2] === 7 ? "imagenet" : "cifar"),
    dim: values.get("fc.weight")?.shape[0],
    head: values.has("fc_norm.running_mean") ? "standardised" : "plain",
  };
}

/** All but the stride, which leaves no trace in the shapes of the convolutions. */
function convNetOf(values: ReadonlyMap<string, Values>): Known {
  const blocks: (number | undefined)[] = [];
  while (values.has(`blocks.${blocks.length}.conv.weight`)) blocks.push(values.get(`blocks.${blocks.length}.conv.weight`)?.shape[0]);
  return {
    blocks: blocks.length > 0 ? blocks : undefined,
    kernel: values.get("blocks.0.conv.weight")?.shape[2],
    dim: values.get("head.weight")?.shape[0],
    head: values.has("head_norm.running_mean") ? "standardised" : "plain",
  };
}

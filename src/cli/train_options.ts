import { existsSync } from "node:fs";
import { EMOJI_LABELS, EMOJI_VENDORS } from "../data/emoji.ts";
import { UsageError } from "../errors.ts";
import { OPTIMISERS } from "../optim/optimiser.ts";
import { DEFAULTS, type TrainOptions } from "../train/config.ts";
import { DATA_NAMES } from "../train/data_config.ts";
import { CPC_OPTIONS } from "./cpc_options.ts";
import { METHOD_OPTIONS } from "./method_options.ts";
import type { Arguments, Option, OptionValue } from "./options.ts";
import { DATA_GROUP as DATA, SOUND_OPTIONS } from "./sound_options.ts";

const ENCODER = "Encoder";
const OPTIMISER = "Optimiser";
const RUN = "Run";

/** What to train on, and how much of it: also for commands that only evaluate. */
export const DATA_OPTIONS: readonly Option[] = [
  {
    name: "data",
    type: "text",
    value: "NAME|DIR",
    group: DATA,
    help:
      "mnist, cifar10, cifar100, stl10, stl10-unlabeled, emoji, nyu, scenes (rooms made on the GPU); images (PNG and JPEG in class folders) " +
      "or npy (NumPy arrays) of your own; or a folder with four IDX files named as MNIST's; for cpc: sound (WAV and FLAC of your own), " +
      "librispeech, asterisk, text (.txt of your own), sotu, spam",
    shown: "mnist",
  },
  {
    name: "data-dir",
    type: "text",
    value: "DIR|FILE|URL",
    group: DATA,
    path: "data.folder",
    help:
      "where the files of --data are: a folder, for CIFAR and images also a .tar.gz, for nyu the .mat; for CIFAR, STL-10 and npy also the URL " +
      "of a folder; for text a folder, an archive, or a .tsv with a text and its labels a line",
  },
  { name: "root", type: "text", value: "DIR|FILE", group: DATA, help: "another name of --data-dir" },
  {
    name: "image-size",
    type: "text",
    value: "N|HxW",
    group: DATA,
    path: "data.size",
    config: imageSize,
    help:
      "images, npy: scale to this height and width, the shorter side first, then cut the middle out (data.fit in --config: stretch); emoji: " +
      "draw them so large; nyu: shrink frames to it; scenes: render them so large",
    shown: "their own; emoji, scenes 32, nyu 96x128",
  },
  {
    name: "skip-bad",
    type: "flag",
    group: DATA,
    path: "data.skipBad",
    help: "images, text: leave out files that cannot be decoded or are empty, instead of refusing them",
  },
  {
    name: "limit",
    type: "integer",
    value: "N",
    group: DATA,
    path: "data.limit",
    help: "use the first N training images",
    shown: "all; scenes 2000",
  },
  { name: "test", type: "integer", value: "N", group: DATA, path: "data.test", help: "use the first N held-out images" },
  {
    name: "train-classes",
    type: "integers",
    value: "C,C,..",
    group: DATA,
    path: "data.classes",
    help: "use images of these classes only; the others stay unseen, for retrieve --classes unseen",
    shown: "all",
  },
  {
    name: "vendors",
    type: "text",
    value: "NAME,NAME,..",
    group: DATA,
    path: "data.vendors",
    config: (value) => String(value).split(","),
    help: `emoji: whose drawings (${EMOJI_VENDORS.join(", ")}); several are views of each emoji, and objectives with one view see the first`,
    shown: "noto",
  },
  {
    name: "pool",
    type: "flag",
    group: DATA,
    path: "data.pool",
    help: "emoji: every vendor's drawing is a sample of its own; the first vendor's are held out",
  },
  {
    name: "labels",
    type: "text",
    value: "WHICH|PATTERN",
    group: DATA,
    path: "data.labels",
    help:
      `emoji: classes that measure what was learned: the 95 subgroups or the 9 groups (${EMOJI_LABELS.join(", ")}); sound, text: what file ` +
      "names say of the samples, such as {speaker}/{chapter}/*",
    shown: "subgroup; sound, text: clips.tsv or documents.tsv, or {class}/*",
  },
  ...SOUND_OPTIONS,
  {
    name: "patch",
    type: "integer",
    value: "P",
    group: DATA,
    path: "data.patches.size",
    help: "nyu: cut every frame into patches of P x P pixels, each a sample",
    shown: "whole frames",
  },
  {
    name: "patch-stride",
    type: "integer",
    value: "S",
    group: DATA,
    path: "data.patches.stride",
    help: "nyu: pixels from one patch to the next",
    shown: "P",
  },
  { name: "data-seed", type: "integer", value: "S", group: DATA, path: "data.seed", help: "scenes: other rooms for every S", shown: "1" },
  {
    name: "colours",
    type: "text",
    value: "HOW",
    group: DATA,
    path: "data.colours",
    choices: ["rgb", "lab"],
    help: "scenes: lab gives luminance and chrominance as two views in place of the image",
    shown: "rgb",
  },
];

/** Every option of `nearfar train` that sets a field of the config, and the field. */
export const CONFIG_OPTIONS: readonly Option[] = [
  ...METHOD_OPTIONS,
  {
    name: "encoder",
    type: "text",
    value: "NAME",
    group: ENCODER,
    path: "encoder.name",
    choices: ["convnet", "resnet18", "audio", "patchnet", "text"],
    help: "strided conv-BN-ReLU blocks, or ResNet-18 (its stem, width and more: encoder in --config); cpc: audio, of images patchnet, of text text",
    shown: "convnet; cpc audio, patchnet or text",
  },
  {
    name: "blocks",
    type: "integers",
    value: "C,C,..",
    group: ENCODER,
    path: "encoder.blocks",
    help: "channels of the blocks of convnet, or of patchnet (32,64,64)",
  },
  { name: "dim", type: "integer", value: "D", group: ENCODER, path: "encoder.dim", help: "length of a feature" },
  {
    name: "head",
    type: "text",
    value: "HEAD",
    group: ENCODER,
    path: "encoder.head",
    choices: ["standardised", "plain"],
    help: "standardised (batch norm without affine before the L2 norm; learns on small data) or plain (papers)",
  },
  {
    name: "activations",
    type: "text",
    value: "TYPE",
    group: ENCODER,
    path: "encoder.activations",
    choices: ["f32", "f16"],
    help: "how convnet and resnet18 keep activations: f16 takes half the memory (sums stay f32; needs shader-f16, see info)",
    shown: "f32",
  },
  ...CPC_OPTIONS,
  {
    name: "batch",
    type: "integer",
    value: "B",
    group: OPTIMISER,
    path: "batch",
    help: "images, windows of sound or passages of text, a step",
  },
  {
    name: "accumulate",
    type: "integer",
    value: "N",
    group: OPTIMISER,
    path: "accumulate",
    help: "compute a batch in N parts, with the memory of one (not invaspread)",
  },
  { name: "rate", type: "number", value: "R", group: OPTIMISER, path: "schedule.rate", help: "learning rate" },
  {
    name: "schedule",
    type: "text",
    value: "KIND",
    group: OPTIMISER,
    path: "schedule.kind",
    choices: ["constant", "step", "cosine"],
    help: "how the rate changes: constant, step, cosine",
  },
  {
    name: "optimiser",
    type: "text",
    value: "NAME",
    group: OPTIMISER,
    path: "optimiser.name",
    choices: OPTIMISERS,
    help: "sgd, adam or adamw (these want a --rate near 0.001), or lars (large batches; a --rate of 1 and more); their options: optimiser in --config",
  },
  {
    name: "weight-decay",
    type: "number",
    value: "W",
    group: OPTIMISER,
    path: "optimiser.weightDecay",
    help: "decay of the weights (left out: adam and lars 0, adamw 0.01)",
  },
  { name: "epochs", type: "integer", value: "E", group: RUN, path: "epochs", help: "passes over the training images" },
  { name: "seed", type: "integer", value: "S", group: RUN, path: "seed", help: "of weights, shuffle, views and negatives" },
  { name: "evaluate-every", type: "integer", value: "E", group: RUN, path: "evaluate.every", help: "epochs between evaluations" },
  {
    name: "checkpoint-every",
    type: "integer",
    value: "STEPS",
    group: RUN,
    path: "checkpointEvery",
    help: "steps between checkpoints",
    shown: "an epoch",
  },
  {
    name: "deterministic",
    type: "flag",
    group: RUN,
    path: "deterministic",
    help: "the default variants of kernels, whatever `nearfar tune` has measured",
  },
];

/** Fields that a resumed run may change: none of them alters a step that was already taken. */
const CHANGEABLE: readonly string[] = ["epochs", "evaluate.every", "checkpointEvery"];

type Tree = { [name: string]: unknown };

/**
 * The config that the options on a command line set, laid over `base` (a config file, or the config of a run that is resumed).
 * @param more options of the command besides those of training
 */
export function configFrom({ values }: Arguments, base: TrainOptions, more: readonly Option[] = []): TrainOptions {
  const config = structuredClone(base) as Tree;
  dropOthers(config, values);
  const data = values.get("data");
  if (values.has("root") && values.has("data-dir")) throw new UsageError("--root and --data-dir are one option: give one of them");
  if (typeof data === "string") {
    const before = section(config, "data");
    const source = dataSource(data);
    if (source.folder !== null && (values.has("data-dir") || values.has("root")))
      throw new UsageError("--data DIR and --data-dir exclude each other");
    // Only MNIST has files of its own to go back to.
    const folder = source.name === before.name && source.name !== DEFAULTS.data.name ? before.folder : source.folder;
    const same = before.name === undefined || before.name === source.name;
    place(config, "data", { ...(same ? before : amounts(before)), ...source, folder });
  }
  for (const { name, path, config: convert } of [...DATA_OPTIONS, ...CONFIG_OPTIONS, ...more]) {
    const value = values.get(name);
    if (path !== undefined && value !== undefined) place(config, path, convert ? convert(value) : value);
  }
  if (values.has("root")) place(config, "data.folder", values.get("root"));
  return config as TrainOptions;
}

/** What names the kind of a section, and the fields of it that every kind has. */
const KINDS: readonly { readonly option: string; readonly path: readonly [string, string]; readonly keep: readonly string[] }[] = [
  { option: "objective", path: ["objective", "name"], keep: [] },
  { option: "encoder", path: ["encoder", "name"], keep: [] },
  { option: "optimiser", path: ["optimiser", "name"], keep: [] },
  { option: "schedule", path: ["schedule", "kind"], keep: ["rate", "warmup", "unit"] },
];

/** Where the command line names another objective, encoder, optimiser or schedule than `config`, the old one's options go with it. */
function dropOthers(config: Tree, values: Arguments["values"]): void {
  for (const { option, path, keep } of KINDS) {
    const [name, kind] = path;
    const before = section(config, name);
    const given = values.get(option);
    if (given === undefined || before[kind] === undefined || given === before[kind]) continue;
    config[name] = Object.fromEntries(Object.entries(before).filter(([field]) => keep.includes(field)));
  }
}

/** @throws UsageError when the command line changes what a run that goes on must keep */
export function checkResumable({ values }: Arguments): void {
  const fixed = [...DATA_OPTIONS, ...CONFIG_OPTIONS].find(({ name, path }) => values.has(name) && !CHANGEABLE.includes(path ?? ""));
  if (fixed === undefined) return;
  const free = CONFIG_OPTIONS.filter(({ path }) => CHANGEABLE.includes(path ?? "")).map(({ name }) => `--${name}`);
  throw new UsageError(`--${fixed.name} cannot change when a run is resumed, only ${free.join(", ")} can. Start a new run for it`);
}

/** What another data set takes over: how a data set of images is read is no matter of the next one. */
const amounts = ({ limit, test }: Tree): Tree => ({ ...(limit !== undefined && { limit }), ...(test !== undefined && { test }) });

/** "32" or "32x48" (height x width) as [height, width]. @throws UsageError */
function imageSize(value: OptionValue): [number, number] {
  const [, height, width = height] = /^(\d{1,5})(?:x(\d{1,5}))?$/.exec(String(value)) ?? [];
  if (height === undefined) throw new UsageError(`--image-size: expected N or HxW, such as 32 or 32x48, got ${JSON.stringify(value)}`);
  return [Number(height), Number(width)];
}

/** A known name, or a folder with the files of one. Other words stay names, which the config refuses. */
export function dataSource(text: string): { name: string; folder: string | null } {
  const isPath = !DATA_NAMES.includes(text) && (/[/\\.]/.test(text) || existsSync(text));
  return isPath ? { name: DEFAULTS.data.name, folder: text } : { name: text, folder: null };
}

/** The default of an option as help shows it: the config's own, so that the two cannot differ. */
export function defaultShown({ path, shown }: Option): string | undefined {
  if (shown !== undefined || path === undefined) return shown;
  const value = path.split(".").reduce<unknown>((node, name) => (isTree(node) ? node[name] : undefined), DEFAULTS);
  return value === undefined || value === null || value === false ? undefined : String(value);
}

function place(tree: Tree, path: string, value: unknown): void {
  const [first = "", ...rest] = path.split(".");
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const inner = section(tree, first);
  place(inner, rest.join("."), value);
  tree[first] = inner;
}

const section = (tree: Tree, name: string): Tree => (isTree(tree[name]) ? tree[name] : {});
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

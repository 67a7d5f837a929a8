import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { UsageError } from "../errors.ts";
import { CLIP_FEATURES, type ClipFeatures } from "../evaluate/embed_sound.ts";
import { writeAtomically } from "../host/atomic_write.ts";
import { FEATURES } from "../host/job_embed.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { labelLines } from "./embed_labels.ts";
import { runOnHost } from "./hosts.ts";
import { dataInputs } from "./inputs.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import { dataOf, SOURCE_OPTIONS, text, WEIGHTS_OPTIONS, WeightsFolder, weightsInput } from "./weights_input.ts";

const OUT = "Output";

/** A kind of features as an option names it: "mean-context". */
const dashed = (kind: string): string => kind.replace(" ", "-");
export const FEATURE_KINDS: readonly string[] = CLIP_FEATURES.map(dashed);

/** The kind of features that `--features` names. */
export const kindOf = ({ values }: Arguments): keyof ClipFeatures | undefined =>
  CLIP_FEATURES.find((kind) => dashed(kind) === values.get("features"));

const OPTIONS: readonly Option[] = [
  { name: "out", type: "text", value: "FILE.npy", group: OUT, help: "gets the features, f32 [N, D], in the order of the data" },
  {
    name: "features",
    type: "text",
    value: "WHICH",
    group: OUT,
    choices: FEATURE_KINDS,
    help: "of sound and text: contexts or latents, their mean over a clip or document or the last one",
    shown: "mean-context",
  },
  {
    name: "labels-out",
    type: "text",
    value: "FILE.tsv",
    group: OUT,
    help: "gets what is known of the samples, a line each in the same order: of sound and text names and labels, of images classes",
  },
  { name: "force", type: "flag", group: OUT, help: "replace the files" },
  { name: "split", type: "text", value: "PART", group: "Data", choices: ["train", "test"], help: "train or test", shown: "test" },
  {
    name: "limit",
    type: "integer",
    value: "N",
    group: "Data",
    path: "data.limit",
    help: "use the first N images of the part",
    shown: "all",
  },
];

export const embed: Command = {
  name: "embed",
  summary: "Write the features of images, by any checkpoint, into a NumPy file",
  usage: "--weights FILE|DIR --out FILE.npy [options]",
  about: [
    "Shows every image of one part of the data to an encoder in evaluation mode and writes its features, rows of length 1. Of sound and text: what every clip or document is summed up by, see --features.",
    "A run of nearfar knows its encoder and view. For a state_dict of PyTorch (safetensors.torch.save_file) name it with --encoder; names " +
      "may start with module. or encoder.",
  ],
  positionals: [0, 0],
  options: [...WEIGHTS_OPTIONS, ...OPTIONS, ...SOURCE_OPTIONS, HOST_OPTION],
  examples: [
    ["--weights runs/a --data mnist --out test.npy", "the held-out images of MNIST by the encoder of a run"],
    ["--weights resnet.safetensors --encoder resnet18 --data cifar10 --data-dir DIR --out f.npy", "by an encoder that PyTorch trained"],
  ],
  async run(args, output) {
    const out = await checkedOut(args, "out", ".npy");
    if (out === undefined) throw new UsageError("--out FILE.npy is missing: where the features go");
    const labelsOut = await checkedOut(args, "labels-out", ".tsv");
    const weights = await weightsInput(args);
    const split = args.values.get("split") === "train" ? "train" : "test";
    // What of its data a run was trained on is no matter here.
    const data = dataOf(args, weights, ["limit"], { limit: null, test: null, classes: null });
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    try {
      output.status("loading data ...");
      // Of the other part nothing is asked: one image stands for it.
      const part = { ...data, limit: split === "train" ? data.limit : 1, test: split === "test" ? data.limit : 1 };
      const inputs = await dataInputs(part, output.warn);
      const labels = labelsOut !== undefined && labelLines(inputs, split);
      output.status("embedding ...");
      const folder = new FeaturesFolder(weights.bytes, out);
      const job = { kind: "embed", split, name: weights.file, given: weights.given, data: part, features: kindOf(args) } as const;
      const done = await runOnHost(args, job, { folder, ...inputs, signal: interrupt.signal, emit: () => {} });
      if (labelsOut !== undefined && labels) await writeAtomically(labelsOut, labels);
      output.status("");
      output.line(
        `${done.rows.toLocaleString("en")} features of ${done.dim} numbers in ${out} (${done.seconds.toFixed(1)} s on ${done.adapter})`,
      );
      if (labelsOut !== undefined) output.line(`what is known of them: ${labelsOut}`);
      output.event({ ...done, out, ...(labelsOut !== undefined && { labels: labelsOut }) });
      return 0;
    } finally {
      output.status("");
      interrupt.close();
    }
  },
};

/** @throws UsageError when the file cannot be, or is there already: before anything is computed */
async function checkedOut(args: Arguments, option: string, suffix: string): Promise<string | undefined> {
  const out = text(args, option);
  if (out === undefined) return undefined;
  const what = `--${option} ${out}`;
  if (!out.endsWith(suffix)) throw new UsageError(`${what}: expected a name that ends in ${suffix}`);
  if (!existsSync(dirname(out))) throw new UsageError(`${what}: no such folder`);
  if (!existsSync(out)) return out;
  if ((await stat(out)).isDirectory()) throw new UsageError(`${what}: a folder`);
  if (!args.values.has("force")) throw new UsageError(`${what}: exists already; --force replaces it`);
  return out;
}

/** The weights to read, and one file to write. */
class FeaturesFolder extends WeightsFolder {
  constructor(
    weights: Uint8Array,
    private readonly out: string,
  ) {
    super(weights);
  }

  override async write(name: string, bytes: Uint8Array | string): Promise<void> {
    if (name !== FEATURES) return super.write(name, bytes);
    await writeAtomically(this.out, bytes);
  }
}

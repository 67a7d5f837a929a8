import { existsSync } from "node:fs";
import { open, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { FEATURES, WEIGHTS } from "../host/job_embed.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import { resolveConfig } from "../train/config.ts";
import type { RunFolder } from "../train/folder.ts";
import { readWeights, type WeightsOptions } from "../train/weights.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { readData } from "./data.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import { configFrom, DATA_OPTIONS } from "./train_options.ts";

const ENCODER = "Encoder";
const FILES = "Files";

const OPTIONS: readonly Option[] = [
  {
    name: "weights",
    type: "text",
    value: "FILE|DIR",
    group: FILES,
    help: "a run folder, its checkpoint, or a PyTorch state_dict saved as safetensors",
  },
  { name: "out", type: "text", value: "FILE.npy", group: FILES, help: "gets the features, f32 [N, D], in the order of the data" },
  { name: "force", type: "flag", group: FILES, help: "replace FILE.npy" },
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
    "Shows every image of one part of the data to an encoder in evaluation mode and writes its features, rows of length 1.",
    "A run of nearfar knows its encoder and view. For a state_dict of PyTorch (safetensors.torch.save_file) name it with --encoder; names " +
      "may start with module. or encoder.",
  ],
  positionals: [0, 0],
  options: [
    ...OPTIONS,
    ...DATA_OPTIONS.filter(({ name }) => name.startsWith("data") || name === "image-size").map((option) => ({
      ...option,
      shown: "as in the run",
    })),
    HOST_OPTION,
  ],
  examples: [
    ["--weights runs/a --data mnist --out test.npy", "the held-out images of MNIST by the encoder of a run"],
    ["--weights resnet.safetensors --encoder resnet18 --data cifar10 --data-dir DIR --out f.npy", "by an encoder that PyTorch trained"],
  ],
  async run(args, output) {
    const out = await checkedOut(args);
    const { file, bytes } = await weightsFile(args);
    const given = givenOf(args);
    const { config } = readWeights(bytes, file, given);
    const split = args.values.get("split") === "train" ? "train" : "test";
    // What of its data a run was trained on is no matter here.
    const { data } = resolveConfig(
      configFrom(dataOnly(args), config ? { data: { ...config.data, limit: null, test: null } } : { data: { test: null } }),
    );
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    try {
      output.status("loading data ...");
      // Of the other part nothing is asked: one image stands for it.
      const part = { ...data, limit: split === "train" ? data.limit : 1, test: split === "test" ? data.limit : 1 };
      const images = await readData(part);
      output.status("embedding ...");
      const folder = new Exchange(bytes, out);
      const job = { kind: "embed", split, name: file, given, data: part } as const;
      const done = await runOnHost(args, job, { folder, data: images, signal: interrupt.signal, emit: () => {} });
      output.status("");
      output.line(
        `${done.rows.toLocaleString("en")} features of ${done.dim} numbers in ${out} (${done.seconds.toFixed(1)} s on ${done.adapter})`,
      );
      output.event({ ...done, out });
      return 0;
    } finally {
      output.status("");
      interrupt.close();
    }
  },
};

/** Only these are for a config: the encoder and view here are those of a file. */
const dataOnly = ({ values, positionals }: Arguments): Arguments => ({
  values: new Map([...values].filter(([name]) => ["data", "data-dir", "image-size", "limit"].includes(name))),
  positionals,
});

function text(args: Arguments, name: string): string | undefined {
  const value = args.values.get(name);
  return typeof value === "string" ? value : undefined;
}

/** @throws UsageError when the file cannot be, or is there already: before anything is computed */
async function checkedOut(args: Arguments): Promise<string> {
  const out = text(args, "out");
  if (out === undefined) throw new UsageError("--out FILE.npy is missing: where the features go");
  if (!out.endsWith(".npy")) throw new UsageError(`--out ${out}: expected a name that ends in .npy`);
  if (!existsSync(dirname(out))) throw new UsageError(`--out ${out}: no such folder`);
  if (!existsSync(out)) return out;
  if ((await stat(out)).isDirectory()) throw new UsageError(`--out ${out}: a folder`);
  if (!args.values.has("force")) throw new UsageError(`--out ${out}: exists already; --force replaces it`);
  return out;
}

async function weightsFile(args: Arguments): Promise<{ file: string; bytes: Uint8Array }> {
  const path = text(args, "weights");
  if (path === undefined) throw new UsageError("--weights FILE|DIR is missing: a run folder, a checkpoint or a state_dict");
  const info = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`--weights ${path}: no such file or folder`, { cause });
  });
  const file = info.isDirectory() ? join(path, CHECKPOINT) : path;
  if (!existsSync(file)) throw new UsageError(`--weights ${path}: no ${CHECKPOINT}: not a run folder, or nothing was saved yet`);
  return { file, bytes: await readFile(file) };
}

function givenOf(args: Arguments): WeightsOptions {
  return { encoder: text(args, "encoder"), options: json(args, "encoder-options"), view: json(args, "view") };
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

/** What the job sees instead of a run folder: one file to read, one to write. */
class Exchange implements RunFolder {
  constructor(
    private readonly weights: Uint8Array,
    private readonly out: string,
  ) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    return name === WEIGHTS ? this.weights : undefined;
  }

  /** Under another name first: whoever looks finds the whole file or none. */
  async write(name: string, bytes: Uint8Array | string): Promise<void> {
    if (name !== FEATURES) throw new UsageError(`${name}: cannot be written here`);
    const temporary = join(dirname(this.out), `.${basename(this.out)}.${process.pid}.tmp`);
    try {
      const file = await open(temporary, "wx");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.out);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  async append(name: string): Promise<void> {
    throw new UsageError(`${name}: cannot be written here`);
  }
}

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { isMade } from "../host/job_data.ts";
import { REPORT, type TrainOutcome } from "../host/job_train.ts";
import { type OpenRunFolder, openRunFolder } from "../host/run_folder.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import { resolveConfig, type TrainConfig, type TrainOptions } from "../train/config.ts";
import type { TrainEvent } from "../train/events.ts";
import { type Preset, presetOf } from "../train/presets.ts";
import { parseCheckpoint } from "../train/resume.ts";
import { CALL, quoted } from "./call.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { runOnHost } from "./hosts.ts";
import { dataInputs } from "./inputs.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments } from "./options.ts";
import type { Output } from "./output.ts";
import { CONFIG_OPTIONS, checkResumable, configFrom, DATA_OPTIONS } from "./train_options.ts";
import { TrainView } from "./train_view.ts";

const RUN = "Run";
const CONFIG = "config.json";

export const train: Command = {
  name: "train",
  summary: "Train an encoder; write checkpoint, metrics and a report into a run folder",
  usage: "[options]",
  about: [
    "Learns from images, or with --objective cpc also from sound or text, without labels. Labels, where the data has them, only measure what was learned: a weighted kNN on held-out images, " +
      "beside raw pixels and the untrained encoder.",
    "The run folder gets config.json, metrics.jsonl, checkpoint.safetensors and report.html. Ctrl-C saves and stops; --resume goes on " +
      "from there, bit for bit.",
  ],
  positionals: [0, 0],
  options: [
    ...DATA_OPTIONS,
    ...CONFIG_OPTIONS,
    {
      name: "out",
      type: "text",
      value: "DIR",
      group: RUN,
      help: "the run folder; must be new or empty",
      shown: "runs/OBJECTIVE-DATA-TIME",
    },
    { name: "resume", type: "text", value: "DIR", group: RUN, help: "go on with the run in DIR (with more --epochs, train longer)" },
    {
      name: "preset",
      type: "text",
      value: "NAME",
      group: RUN,
      help: "a recipe of `nearfar presets`; options win over it. Not with --config: print it, change it, give the file",
    },
    {
      name: "config",
      type: "text",
      value: "FILE",
      group: RUN,
      help: "JSON file with a config, such as another run's config.json; options win over it",
    },
    HOST_OPTION,
  ],
  examples: [
    ["--objective instdisc --data mnist --limit 4000 --epochs 10", "about two minutes on two CPU cores, seconds on a GPU"],
    ["--objective cpc --data asterisk --negatives speaker", "contrastive prediction on speech (scripts/asterisk.sh fetches it)"],
    ["--objective cpc --data text --root letters", "the next sentences of your own texts: letters/CLASS/*.txt"],
    ["--objective cpc --data mnist --limit 4000", "from the patches above, which are below? A grid of 6 x 6"],
    ["--mode nce --bank-start unit --negatives 1024", "the paper's noise-contrastive loss on a random bank"],
    ["--preset instdisc-cifar10 --data-dir cifar-10-binary.tar.gz", "a published recipe"],
    ["--data scenes --limit 1000 --test 300", "rooms that are made on the GPU, labelled with what they are for"],
    ["--resume runs/a --epochs 20", "go on with a run that was stopped, or for longer"],
    ["--data ./fashion --json > log.jsonl", "your own IDX files; one JSON object per line"],
  ],
  async run(args, output) {
    const { folder, config, resume } = await open(args, output);
    try {
      return await trainIn(folder, config, resume, args, output);
    } finally {
      await folder.close();
    }
  },
};

/** Settles the config before anything is written, then the folder. */
async function open(args: Arguments, output: Output): Promise<{ folder: OpenRunFolder; config: TrainConfig; resume: boolean }> {
  const { values } = args;
  const resumed = values.get("resume");
  if (typeof resumed === "string") {
    for (const name of ["out", "config", "preset"]) if (values.has(name)) throw new UsageError(`--${name} and --resume exclude each other`);
    checkResumable(args);
    const folder = await openRunFolder(resumed, "existing");
    try {
      const { base, resume } = await savedConfig(folder);
      if (!resume) output.line(`${resumed}: no checkpoint yet, starting from the beginning`);
      return { folder, config: resolveConfig(configFrom(args, base)), resume };
    } catch (error) {
      await folder.close();
      throw error;
    }
  }
  const config = resolveConfig(configFrom(args, await baseConfig(args)));
  const out = values.get("out");
  const dir = typeof out === "string" ? out : join("runs", `${config.objective.name}-${config.data.name}-${timestamp()}`);
  return { folder: await openRunFolder(dir, "new"), config, resume: false };
}

/** What the command line's options are laid over. */
async function baseConfig({ values }: Arguments): Promise<TrainOptions> {
  const [file, name] = [values.get("config"), values.get("preset")];
  if (typeof name !== "string") return typeof file === "string" ? parseConfig(await readText(file), file) : {};
  if (file !== undefined)
    throw new UsageError(`--preset and --config exclude each other: ${CALL} presets ${name} prints a config to change`);
  const { config }: Preset = presetOf(name);
  if (config.data?.name === undefined && !values.has("data"))
    throw new UsageError(`--preset ${name}: its data set has no reader of its own: say with --data what to train on`);
  return config;
}

/** The config of the run in a folder: its checkpoint's, or, when it was killed before the first one, what it had started with. */
async function savedConfig(folder: OpenRunFolder): Promise<{ base: TrainOptions; resume: boolean }> {
  const path = (name: string) => join(folder.dir, name);
  const checkpoint = await folder.read(CHECKPOINT);
  if (checkpoint) return { base: parseCheckpoint(checkpoint, path(CHECKPOINT)).config, resume: true };
  const config = await folder.read(CONFIG);
  if (!config) throw new UsageError(`${folder.dir}: neither ${CHECKPOINT} nor ${CONFIG}: not a run folder`);
  return { base: parseConfig(new TextDecoder().decode(config), path(CONFIG)), resume: false };
}

async function trainIn(folder: OpenRunFolder, config: TrainConfig, resume: boolean, args: Arguments, output: Output): Promise<number> {
  const { dir } = folder;
  const view = new TrainView(output);
  const interrupt = new Interrupt(() => output.line("stopping after this step and saving ... (Ctrl-C again: quit at once)"));
  try {
    view.waiting("loading data ...");
    const given = await dataInputs(config.data, output.warn);
    view.waiting(`${isMade(config.data) ? "making the images, " : ""}compiling kernels, measuring the baselines ...`);
    const emit = (event: object) => {
      output.event(event);
      view.show(event as TrainEvent);
    };
    const outcome = await runOnHost(args, { kind: "train", config, resume, dir }, { folder, ...given, signal: interrupt.signal, emit });
    return finish(outcome, dir, view, output);
  } finally {
    view.end();
    interrupt.close();
  }
}

function finish(outcome: TrainOutcome, dir: string, view: TrainView, output: Output): number {
  const go = (what: string, line: string) => output.line(`${what.padEnd(12)}${line}`);
  const [path, again] = [quoted(dir), `${CALL} train --resume ${quoted(dir)}`];
  if ("interrupted" in outcome) {
    view.end();
    output.event({ event: "interrupted", message: outcome.interrupted, resume: again });
    output.line(outcome.interrupted);
    go("go on", again);
    return INTERRUPTED;
  }
  const done = { ...outcome.done, checkpoint: join(dir, outcome.done.checkpoint) };
  view.showDone(done);
  go("report", join(dir, REPORT));
  go("checkpoint", done.checkpoint);
  go("evaluate", `${CALL} evaluate ${path}`);
  go("train on", `${again} --epochs N`);
  output.event(done);
  return 0;
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new UsageError(`--config ${file}: cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause });
  });
}

function parseConfig(text: string, name: string): TrainOptions {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${name}: not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  if (typeof config === "object" && config !== null && !Array.isArray(config)) {
    // What a run notes about its making is no part of its config.
    const { made: _, ...rest } = config as { made?: unknown } & TrainOptions;
    return rest;
  }
  throw new UsageError(`${name}: expected a JSON object`);
}

/** Local time for a folder name that sorts: 2026-01-31-23-59-59. */
function timestamp(): string {
  const now = new Date();
  const parts = [now.getFullYear(), now.getMonth() + 1, now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds()];
  return parts.map((part) => String(part).padStart(2, "0")).join("-");
}

import { UsageError } from "../errors.ts";
import type { ProbeDone, ProbeFigures } from "../host/job_probe.ts";
import type { SequenceProbeDone } from "../host/job_probe_sequences.ts";
import { isSequential } from "../train/data_config.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { readData } from "./data.ts";
import { FEATURE_KINDS, kindOf } from "./embed.ts";
import { runOnHost } from "./hosts.ts";
import { dataInputs } from "./inputs.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { percentage } from "./progress.ts";
import { table } from "./table.ts";
import { DATA_OPTIONS } from "./train_options.ts";
import { dataOf, number, numbers, SOURCE_OPTIONS, text, WEIGHTS_OPTIONS, WeightsFolder, weightsInput } from "./weights_input.ts";

const PROBE = "Probe";

/** Of its data a run knows which images it used; a state_dict gets all. */
const COUNT_OPTIONS: readonly Option[] = DATA_OPTIONS.filter(({ name }) => name === "limit" || name === "test").map((option) => ({
  ...option,
  shown: "as in the run",
}));

export const NO_BASELINES: Option = {
  name: "no-baselines",
  type: "flag",
  group: "Output",
  help: "measure the encoder alone, not raw pixels (log-mel spectra, words) and the untrained encoder beside it",
};

const OPTIONS: readonly Option[] = [
  { name: "rates", type: "numbers", value: "R,R,..", group: PROBE, help: "learning rates to choose from", shown: "0.01,0.03,0.1,0.3,1,3" },
  { name: "decays", type: "numbers", value: "W,W,..", group: PROBE, help: "weight decays to choose from, with every rate", shown: "0" },
  { name: "epochs", type: "integer", value: "E", group: PROBE, help: "passes over the training features", shown: "60" },
  { name: "batch", type: "integer", value: "B", group: PROBE, help: "features a step", shown: "256" },
  {
    name: "schedule",
    type: "text",
    value: "KIND",
    group: PROBE,
    choices: ["cosine", "step"],
    help: "cosine to 0, or step: a tenth after 60 % and 80 % of the steps",
    shown: "cosine",
  },
  {
    name: "standardise",
    type: "text",
    value: "HOW",
    group: PROBE,
    choices: ["common", "each", "none"],
    help: "common: centred, one scale for all dimensions; each: its own; none: as they are (then rates of 30 and more)",
    shown: "common",
  },
  {
    name: "features",
    type: "text",
    value: "WHICH",
    group: PROBE,
    choices: FEATURE_KINDS,
    help: "sound, text: contexts or latents, their mean over a clip or document or the last one",
    shown: "all, one by one",
  },
  { name: "label", type: "text", value: "NAME,NAME,..", group: PROBE, help: "sound, text: what to tell", shown: "all that training saw" },
  { name: "held-out", type: "number", value: "SHARE", group: PROBE, help: "of the training features, to choose by", shown: "0.1" },
  { name: "seed", type: "integer", value: "S", group: PROBE, help: "of start weights, order and held-out features", shown: "1" },
];

export const probe: Command = {
  name: "probe",
  summary: "Train a linear classifier on the frozen features of any checkpoint, beside the baselines",
  usage: "DIR | --weights FILE|DIR [options]",
  about: [
    "Computes the features of training and test images once, then trains linear classifiers on them, all rates together. A part of the " +
      "training images, held out class by class, chooses the rate; the test images are looked at once, at the end.",
    "The same is done with raw pixels and with the encoder as it was before training: what the result must be held against.",
    "Of a run on sound or text: every kind of feature and every label, as the run's own last measures, beside mean log-mel spectra or a bag " +
      "of words; rates, epochs and batch are then those of the run's measures, unless given.",
  ],
  positionals: [0, 1],
  options: [...WEIGHTS_OPTIONS, ...SOURCE_OPTIONS, ...COUNT_OPTIONS, ...OPTIONS, NO_BASELINES, HOST_OPTION],
  examples: [
    ["runs/a", "top-1 and top-5 on the images of the run"],
    ["runs/cpc --label voice --features mean-context", "who speaks, from the mean context of each clip"],
    ["--weights resnet.safetensors --encoder resnet18 --data cifar10 --data-dir DIR", "an encoder that PyTorch trained"],
  ],
  async run(args, output) {
    const weights = await weightsInput(args);
    const data = dataOf(args, weights, ["limit", "test"], {});
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    const { file: name, given } = weights;
    const emit = (event: object) => output.status(`probing ${"message" in event ? event.message : ""} ...`);
    const host = { folder: new WeightsFolder(weights.bytes), signal: interrupt.signal, emit };
    const common = { name, given, data, options: optionsOf(args), baselines: !args.values.has("no-baselines") } as const;
    try {
      output.status("loading data ...");
      if (isSequential(data.name)) {
        const features = kindOf(args);
        const job = {
          kind: "sequenceProbe",
          ...common,
          labels: text(args, "label")?.split(","),
          features: features && [features],
        } as const;
        const done = await runOnHost(args, job, { ...host, ...(await dataInputs(data, output.warn)) });
        output.status("");
        showSequences(done, name, output);
        output.event({ ...done, weights: name });
        return 0;
      }
      for (const option of ["features", "label"])
        if (args.values.has(option)) throw new UsageError(`--${option}: for sound and text; data ${data.name} has images`);
      const done = await runOnHost(args, { kind: "probe", ...common }, { ...host, data: await readData(data, output.warn) });
      output.status("");
      show(done, name, output);
      output.event({ ...done, weights: name });
      return 0;
    } finally {
      output.status("");
      interrupt.close();
    }
  },
};

function optionsOf(args: Arguments) {
  const named = { schedule: text(args, "schedule"), standardise: text(args, "standardise") };
  return {
    rates: numbers(args, "rates"),
    decays: numbers(args, "decays"),
    epochs: number(args, "epochs"),
    batch: number(args, "batch"),
    schedule: named.schedule as "cosine" | "step" | undefined,
    standardise: named.standardise as "common" | "each" | "none" | undefined,
    heldOut: number(args, "held-out"),
    seed: number(args, "seed"),
  };
}

const HEAD = ["", "top-1", "top-5", "chosen", "features", "time"];
const TOP_5 = HEAD.indexOf("top-5");

const row = (name: string, f: ProbeFigures) => [
  name,
  percentage(f.top1),
  percentage(f.top5),
  `rate ${f.rate}${f.decay > 0 ? `, decay ${f.decay}` : ""}`,
  `${f.dim} numbers`,
  `${f.seconds.toFixed(1)} s`,
];

/** A table for every label: the encoder's features beside what they must be held against. */
function showSequences({ probes, labels, samples, unit, embedding, adapter }: SequenceProbeDone, file: string, output: Output): void {
  const count = (n: number) => n.toLocaleString("en");
  output.line(`Linear probes of ${file} on ${count(samples.train)} training and ${count(samples.test)} held-out ${unit}s, on ${adapter}`);
  for (const { name, classes, chance } of labels) {
    output.line();
    output.line(output.bold(`${name}: ${classes.length} classes, guessing ${percentage(chance)}`));
    const own = probes.filter(({ label }) => label === name);
    const rows = [HEAD, ...own.map((probe) => row(probe.of, probe))];
    // Among the five largest of up to five is no news.
    const shown = classes.length > 5 ? rows : rows.map((cells) => cells.filter((_, column) => column !== TOP_5));
    for (const line of table(shown)) output.line(line);
  }
  output.line();
  output.line(`features of the encoder took ${embedding.toFixed(1)} s`);
}

function show(done: ProbeDone, file: string, output: Output): void {
  const { baseline, images, classes, perClass, trials } = done;
  const count = (n: number) => n.toLocaleString("en");
  output.line(`Linear probe of ${file} on ${count(images.train)} training and ${count(images.test)} test images, on ${done.adapter}`);
  output.line();
  const rows = [HEAD, row("encoder", done)];
  if (baseline) rows.push(row("raw pixels", baseline.pixels), row("untrained encoder", baseline.untrained));
  const [head = "", own = "", ...others] = table(rows);
  for (const line of [head, output.bold(own), ...others]) output.line(line);
  output.line();
  const known = perClass.flatMap((share, c) => (share === null ? [] : [`${classes?.[c] ?? c} ${percentage(share)}`]));
  output.line(`by class: ${known.slice(0, 20).join(", ")}${known.length > 20 ? ` and ${known.length - 20} more (--json has all)` : ""}`);
  if (trials.length > 1) {
    const held = trials.map(({ rate, decay, top1 }) => `${rate}${decay > 0 ? `/${decay}` : ""} ${percentage(top1)}`);
    output.line(`rates on held-out training images: ${held.join(", ")}`);
  }
  output.line(`features of the encoder took ${done.embedding.toFixed(1)} s`);
}

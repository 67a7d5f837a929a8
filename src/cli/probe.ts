import type { ProbeDone, ProbeFigures } from "../host/job_probe.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { readData } from "./data.ts";
import { runOnHost } from "./hosts.ts";
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
  help: "measure the encoder alone, not raw pixels and the untrained encoder beside it",
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
  ],
  positionals: [0, 1],
  options: [...WEIGHTS_OPTIONS, ...SOURCE_OPTIONS, ...COUNT_OPTIONS, ...OPTIONS, NO_BASELINES, HOST_OPTION],
  examples: [
    ["runs/a", "top-1 and top-5 on the images of the run"],
    ["--weights resnet.safetensors --encoder resnet18 --data cifar10 --data-dir DIR", "an encoder that PyTorch trained"],
  ],
  async run(args, output) {
    const weights = await weightsInput(args);
    const data = dataOf(args, weights, ["limit", "test"], {});
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    try {
      output.status("loading data ...");
      const images = await readData(data, output.warn);
      const job = {
        kind: "probe",
        name: weights.file,
        given: weights.given,
        data,
        options: optionsOf(args),
        baselines: !args.values.has("no-baselines"),
      } as const;
      const emit = (event: object) => output.status(`probing ${"message" in event ? event.message : ""} ...`);
      const folder = new WeightsFolder(weights.bytes);
      const done = await runOnHost(args, job, { folder, data: images, signal: interrupt.signal, emit });
      output.status("");
      show(done, weights.file, output);
      output.event({ ...done, weights: weights.file });
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

function show(done: ProbeDone, file: string, output: Output): void {
  const { baseline, images, classes, perClass, trials } = done;
  const count = (n: number) => n.toLocaleString("en");
  output.line(`Linear probe of ${file} on ${count(images.train)} training and ${count(images.test)} test images, on ${done.adapter}`);
  output.line();
  const row = (name: string, f: ProbeFigures) => [
    name,
    percentage(f.top1),
    percentage(f.top5),
    `rate ${f.rate}${f.decay > 0 ? `, decay ${f.decay}` : ""}`,
    `${f.dim} numbers`,
    `${f.seconds.toFixed(1)} s`,
  ];
  const rows = [["", "top-1", "top-5", "chosen", "features", "time"], row("encoder", done)];
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

import { classesIn, firstOf, ofClasses } from "../data/classes.ts";
import type { TrainTest } from "../data/mnist.ts";
import { UsageError } from "../errors.ts";
import { isMade, MADE_CLASSES } from "../host/job_data.ts";
import type { RetrieveDone, RetrieveFigures } from "../host/job_retrieve.ts";
import type { DataConfig } from "../train/data_config.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { loadData, readData } from "./data.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Option } from "./options.ts";
import type { Output } from "./output.ts";
import { NO_BASELINES } from "./probe.ts";
import { percentage } from "./progress.ts";
import { table } from "./table.ts";
import {
  dataOf,
  number,
  numbers,
  SOURCE_OPTIONS,
  text,
  WEIGHTS_OPTIONS,
  WeightsFolder,
  type WeightsInput,
  weightsInput,
} from "./weights_input.ts";

const OPTIONS: readonly Option[] = [
  {
    name: "test",
    type: "integer",
    value: "N",
    group: "Data",
    path: "data.test",
    help: "use the first N test images",
    shown: "as in the run",
  },
  {
    name: "classes",
    type: "text",
    value: "C,C,..",
    group: "Data",
    help: "test images of these classes only; unseen: of those that the run left out with --train-classes",
    shown: "as in the run",
  },
  { name: "k", type: "integers", value: "K,K,..", group: "Measures", help: "Recall@K for these K, up to 200", shown: "1,5,10" },
  { name: "restarts", type: "integer", value: "R", group: "Measures", help: "starts of k-means; the tightest clusters count", shown: "10" },
  { name: "seed", type: "integer", value: "S", group: "Measures", help: "of the starts of k-means", shown: "1" },
];

export const retrieve: Command = {
  name: "retrieve",
  summary: "Measure how test images find their own class among each other: Recall@K and NMI, any checkpoint",
  usage: "DIR | --weights FILE|DIR [options]",
  about: [
    "Every test image looks for the others of its class by the cosine of their features, itself left out: Recall@K is the share that has " +
      "one among its K nearest. NMI compares k-means clusters, as many as there are classes, with the classes.",
    "On unseen classes (InvaSpread's protocol): train with --train-classes 0,1,2,3,4, then retrieve with --classes unseen. These figures " +
      "compare test images with each other; they are not the kNN accuracy, which asks training images.",
  ],
  positionals: [0, 1],
  options: [...WEIGHTS_OPTIONS, ...SOURCE_OPTIONS, ...OPTIONS, NO_BASELINES, HOST_OPTION],
  examples: [
    ["runs/a", "Recall@1, 5, 10 and NMI on the test images of the run"],
    ["runs/a --classes unseen --k 1,2,4,8", "on the classes that training left out"],
  ],
  async run(args, output) {
    const weights = await weightsInput(args);
    const data = dataOf(args, weights, ["test"], { limit: 1 });
    const chosen = text(args, "classes");
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    try {
      output.status("loading data ...");
      const images =
        chosen === undefined || isMade(data) ? await readData(data, output.warn) : await chosenFrom(data, chosen, weights, output);
      const job = {
        kind: "retrieve",
        name: weights.file,
        given: weights.given,
        data: chosen === undefined || images ? data : { ...data, classes: wanted(chosen, [...MADE_CLASSES.keys()], weights) },
        ks: numbers(args, "k"),
        restarts: number(args, "restarts") ?? 10,
        seed: number(args, "seed") ?? 1,
        baselines: !args.values.has("no-baselines"),
      } as const;
      const emit = (event: object) => output.status(`measuring ${"message" in event ? event.message : ""} ...`);
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

/** The classes that `--classes` names, of all the test images that are read. */
async function chosenFrom(data: DataConfig, chosen: string, weights: WeightsInput, output: Output): Promise<TrainTest> {
  const images = await loadData({ ...data, test: null, classes: null }, output.warn);
  const classes = wanted(chosen, classesIn(images.test.labels ?? new Uint32Array()), weights);
  return { ...images, test: firstOf(ofClasses(images.test, classes), data.test) };
}

/** @param all the classes that there are @throws UsageError when the text is no list of numbers, or `unseen` has no meaning here */
function wanted(chosen: string, all: readonly number[], { config, file }: WeightsInput): number[] {
  if (chosen === "unseen") {
    const seen = config?.data.classes;
    if (!seen) throw new UsageError(`--classes unseen: ${file} was not trained with --train-classes: name the classes`);
    return all.filter((label) => !seen.includes(label));
  }
  return chosen.split(",").map((part) => {
    if (/^\d+$/.test(part)) return Number(part);
    throw new UsageError(`--classes: expected whole numbers separated by commas, or unseen, got ${JSON.stringify(chosen)}`);
  });
}

function show(done: RetrieveDone, file: string, output: Output): void {
  const { baseline, images, classes, recalls, alone } = done;
  output.line(`Retrieval by ${file} among ${images.toLocaleString("en")} test images of ${classes} classes, on ${done.adapter}`);
  output.line();
  const row = (name: string, f: RetrieveFigures) => [
    name,
    ...f.recalls.map(({ recall }) => percentage(recall)),
    f.mapAtR === null ? "\u2013" : percentage(f.mapAtR),
    f.nmi.toFixed(3),
    `${(f.seconds.search + f.seconds.clustering).toFixed(1)} s`,
  ];
  const rows = [["", ...recalls.map(({ k }) => `R@${k}`), "MAP@R", "NMI", "time"], row("encoder", done)];
  if (baseline) rows.push(row("raw pixels", baseline.pixels), row("untrained encoder", baseline.untrained));
  rows.push(["chance", ...recalls.map(({ chance }) => percentage(chance))]);
  const [head = "", own = "", ...others] = table(rows);
  for (const line of [head, output.bold(own), ...others]) output.line(line);
  if (done.mapAtR === null) output.line("MAP@R needs classes of at most 201 images.");
  if (alone > 0) output.line(`${alone} images are the only one of their class and are left out.`);
}

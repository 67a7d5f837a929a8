import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { madeCounts } from "../host/job_data.ts";
import type { EvaluateDone } from "../host/job_evaluate.ts";
import { openRunFolder } from "../host/run_folder.ts";
import { CHECKPOINT, parseCheckpoint } from "../train/checkpoint.ts";
import { resolveConfig } from "../train/config.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { readData } from "./data.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Option } from "./options.ts";
import type { Output } from "./output.ts";
import { percentage } from "./progress.ts";
import { configFrom, DATA_OPTIONS } from "./train_options.ts";

/** How neighbours vote. `path`: of the training config, so that the run's own values are the defaults. */
const VOTE_OPTIONS: readonly Option[] = [
  { name: "k", type: "integer", value: "K", group: "kNN", path: "evaluate.k", help: "neighbours that vote", shown: "as in the run" },
  {
    name: "knn-temperature",
    type: "number",
    value: "T",
    group: "kNN",
    path: "evaluate.temperature",
    help: "of their weights",
    shown: "as in the run",
  },
];

export const evaluate: Command = {
  name: "evaluate",
  summary: "Measure the checkpoint of a run: kNN on held-out images, beside the baselines",
  usage: "DIR [options]",
  about: ["Computes the features of all training and test images with the encoder in DIR and lets the nearest training images vote."],
  positionals: [1, 1],
  options: [
    ...DATA_OPTIONS.filter(({ name }) => name !== "limit").map((option) => ({ ...option, shown: "as in the run" })),
    ...VOTE_OPTIONS,
    HOST_OPTION,
  ],
  examples: [
    ["runs/a --data mnist", "the same figure as at the end of training"],
    ["runs/a --test 10000 --json", "on more test images, for programs"],
  ],
  async run(args, output) {
    const [dir = ""] = args.positionals;
    const folder = await openRunFolder(dir, "reading");
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    try {
      const bytes = await folder.read(CHECKPOINT);
      if (!bytes) throw new UsageError(`${dir}: no ${CHECKPOINT}: not a run folder, or nothing was saved yet`);
      const saved = parseCheckpoint(bytes, join(dir, CHECKPOINT)).config;
      const config = resolveConfig(configFrom(args, saved, VOTE_OPTIONS));
      output.status("loading data ...");
      const data = await readData(config.data);
      output.status("measuring ...");
      const done = await runOnHost(args, { kind: "evaluate", config }, { folder, data, signal: interrupt.signal, emit: () => {} });
      output.status("");
      const event = { ...done, checkpoint: join(dir, done.checkpoint) };
      show(event, data?.test.length ?? madeCounts(config.data).test, config.evaluate.k, output);
      output.event(event);
      return 0;
    } finally {
      output.status("");
      interrupt.close();
      await folder.close();
    }
  },
};

function show(done: EvaluateDone, images: number, k: number, output: Output): void {
  const { knn, baseline, steps, meanCosine, uniformity, effectiveRank, adapter, checkpoint } = done;
  output.line(`${done.objective} after ${steps.toLocaleString("en")} steps (${checkpoint}), on ${adapter}`);
  if (knn === null) output.line("The data has no labels: no kNN accuracy.");
  else output.line(output.bold(`kNN ${percentage(knn)} on ${images.toLocaleString("en")} held-out images, ${k} neighbours`));
  if (baseline) output.line(`raw pixels ${percentage(baseline.pixels)}, untrained encoder ${percentage(baseline.untrained)}`);
  const spread = [
    `mean cosine ${meanCosine.toFixed(3)}`,
    `uniformity ${uniformity.toFixed(2)}`,
    `effective rank ${effectiveRank.toFixed(1)}`,
  ];
  output.line(`features: ${spread.join(", ")}`);
}

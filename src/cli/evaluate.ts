import { join } from "node:path";
import { MAX_K } from "../bank/rows.ts";
import { UsageError } from "../errors.ts";
import type { EvaluateDone, EvaluateJob } from "../host/job_evaluate.ts";
import { openRunFolder } from "../host/run_folder.ts";
import { checkNumber } from "../options.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import { resolveConfig, type TrainConfig } from "../train/config.ts";
import { wordsOf } from "../train/events.ts";
import { parseCheckpoint } from "../train/resume.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { runOnHost } from "./hosts.ts";
import { dataInputs, heldOut } from "./inputs.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import { measureLines } from "./measures.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { percentage } from "./progress.ts";
import { table } from "./table.ts";
import { configFrom, DATA_OPTIONS } from "./train_options.ts";
import { viewsLines } from "./views_lines.ts";
import { numbers } from "./weights_input.ts";

/** How neighbours vote. */
const VOTE_OPTIONS: readonly Option[] = [
  {
    name: "k",
    type: "integers",
    value: "K,K,..",
    group: "kNN",
    help: "neighbours that vote; several: a table of them beside the run's own",
    shown: "as in the run",
  },
  {
    name: "knn-temperature",
    type: "numbers",
    value: "T,T,..",
    group: "kNN",
    help: "of their weights; several: as for --k",
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
    ...DATA_OPTIONS.filter(({ name }) => name !== "limit" && name !== "train-classes").map((option) => ({
      ...option,
      shown: "as in the run",
    })),
    ...VOTE_OPTIONS,
    HOST_OPTION,
  ],
  examples: [
    ["runs/a --data mnist", "the same figure as at the end of training"],
    ["runs/a --test 10000 --json", "on more test images, for programs"],
    ["runs/a --k 1,5,20,200 --knn-temperature 0.07,0.1,0.2", "every k with every temperature, in one search"],
  ],
  async run(args, output) {
    const [dir = ""] = args.positionals;
    const folder = await openRunFolder(dir, "reading");
    const interrupt = new Interrupt(() => process.exit(INTERRUPTED));
    try {
      const bytes = await folder.read(CHECKPOINT);
      if (!bytes) throw new UsageError(`${dir}: no ${CHECKPOINT}: not a run folder, or nothing was saved yet`);
      const saved = parseCheckpoint(bytes, join(dir, CHECKPOINT)).config;
      const { config, votes } = settled(args, saved);
      output.status("loading data ...");
      const given = await dataInputs(config.data, output.warn);
      output.status("measuring ...");
      const done = await runOnHost(
        args,
        { kind: "evaluate", config, votes },
        { folder, ...given, signal: interrupt.signal, emit: () => {} },
      );
      output.status("");
      const event = { ...done, checkpoint: join(dir, done.checkpoint) };
      show(event, heldOut(config.data, given), config.evaluate.k, output);
      output.event(event);
      return 0;
    } finally {
      output.status("");
      interrupt.close();
      await folder.close();
    }
  },
};

/** One value replaces the run's own; several are measured beside it. @throws UsageError for values out of range */
function settled(args: Arguments, saved: TrainConfig): { config: TrainConfig; votes: EvaluateJob["votes"] } {
  const [ks = [], temperatures = []] = [numbers(args, "k"), numbers(args, "knn-temperature")];
  for (const k of ks) checkNumber("--k", k, { min: 1, max: MAX_K, integer: true });
  for (const temperature of temperatures) checkNumber("--knn-temperature", temperature, { min: 0, above: true });
  const only = <T>(values: readonly T[], own: T): T => (values.length === 1 ? (values[0] ?? own) : own);
  const { evaluate } = resolveConfig(saved);
  const vote = { ...evaluate, k: only(ks, evaluate.k), temperature: only(temperatures, evaluate.temperature) };
  const config = resolveConfig(configFrom(args, { ...saved, evaluate: vote }));
  return { config, votes: { ks: [...new Set([vote.k, ...ks])], temperatures: [...new Set([vote.temperature, ...temperatures])] } };
}

function show(done: EvaluateDone, images: number, k: number, output: Output): void {
  const { knn, baseline, steps, meanCosine, uniformity, effectiveRank, alignment, grid, adapter, checkpoint } = done;
  output.line(`${done.objective} after ${steps.toLocaleString("en")} steps (${checkpoint}), on ${adapter}`);
  if (knn === null) output.line("The data has no labels: no kNN accuracy.");
  else
    output.line(output.bold(`kNN ${percentage(knn)} on ${images.toLocaleString("en")} held-out ${wordsOf(done).samples}, ${k} neighbours`));
  if (baseline)
    output.line(`${baseline.plain ?? "raw pixels"} ${percentage(baseline.pixels)}, untrained encoder ${percentage(baseline.untrained)}`);
  if (done.views) for (const line of viewsLines(done.views, baseline)) output.line(line);
  const spread = [
    `mean cosine ${meanCosine.toFixed(3)}`,
    `uniformity ${uniformity.toFixed(2)}`,
    `effective rank ${effectiveRank.toFixed(1)}`,
    ...(alignment === null ? [] : [`alignment ${alignment.toFixed(3)}`]),
  ];
  output.line(`features: ${spread.join(", ")}`);
  if (done.measures) for (const line of measureLines(done.measures, baseline)) output.line(line);
  if (grid.length > 1) for (const line of gridLines(grid)) output.line(line);
}

/** A row for each number of neighbours, a column for each temperature. */
function gridLines(grid: EvaluateDone["grid"]): string[] {
  const ascending = (values: readonly number[]) => [...new Set(values)].sort((a, b) => a - b);
  const [ks, temperatures] = [ascending(grid.map(({ k }) => k)), ascending(grid.map(({ temperature }) => temperature))];
  const cell = (k: number, t: number) => percentage(grid.find((score) => score.k === k && score.temperature === t)?.accuracy ?? Number.NaN);
  const head = ["kNN", ...temperatures.map((t) => `T ${t}`)];
  return ["", ...table([head, ...ks.map((k) => [`k ${k}`, ...temperatures.map((t) => cell(k, t))])])];
}

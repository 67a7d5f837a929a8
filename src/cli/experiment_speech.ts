import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { checkSame } from "../experiments/same_plan.ts";
import {
  SPEECH_RECIPE,
  type SpeechCell,
  type SpeechPlan,
  type SpeechStudy,
  STEPS_AHEAD,
  speechCells,
  speechPlan,
} from "../experiments/speech_plan.ts";
import { measureFigures, renderSpeech, type SpeechResults, speechFigures } from "../experiments/speech_report.ts";
import { runSpeechCell, speechReference } from "../experiments/speech_run.ts";
import type { Gpu } from "../gpu/device.ts";
import { openNodeGpu } from "../host/node.ts";
import type { OpenRunFolder } from "../host/run_folder.ts";
import { loadSound } from "../host/sound.ts";
import { CONTEXTS } from "../nn/context.ts";
import { checkNumber } from "../options.ts";
import { VERSION } from "../version.ts";
import type { Experiment } from "./experiment.ts";
import { commandAgain, openExperiment, savedResults } from "./experiment_files.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { clock } from "./progress.ts";
import { table } from "./table.ts";
import { CONFIG_OPTIONS, configFrom, DATA_OPTIONS } from "./train_options.ts";
import { number } from "./weights_input.ts";

const GROUP = "negatives, steps";

/** Options of training that may be changed, and what they mean here where that is less than elsewhere. */
const CHANGEABLE: { readonly [name: string]: Pick<Option, "help" | "shown"> | undefined } = {
  data: { help: "sound (WAV and FLAC of your own), librispeech or asterisk", shown: "asterisk" },
  "data-dir": { help: "where the clips are" },
  labels: { help: "sound: what file names say of the clips, such as {speaker}/{prompt}", shown: "its clips.tsv, or {class}/*" },
  limit: { help: "use the first N training clips", shown: "all" },
  test: { help: "use the first N held-out clips", shown: "all" },
  context: { help: `what sums up the frames so far (${CONTEXTS.join(", ")})`, shown: "gru" },
  ...{ window: undefined, level: undefined, input: undefined, width: undefined, units: undefined },
  ...{ drawn: undefined, batch: undefined, rate: undefined, epochs: undefined },
};
const SHARED: readonly Option[] = [...DATA_OPTIONS, ...CONFIG_OPTIONS]
  .filter(({ name }) => name in CHANGEABLE)
  .map((option) => ({ ...option, group: GROUP, ...(CHANGEABLE[option.name] ?? shownOf(option)) }));
const PREDICT: Option = {
  ...{ name: "predict", type: "integer", value: "S", group: GROUP, path: "objective.steps" },
  ...{ help: "negatives: steps ahead that are predicted", shown: "8" },
};
const AHEAD: Option = {
  ...{ name: "ahead", type: "integers", value: "S,S", group: GROUP },
  ...{ help: "steps: how many steps ahead are predicted, one training each", shown: STEPS_AHEAD.join() },
};

const experimentOf = (study: SpeechStudy, own: Option, summary: string, examples: Experiment["examples"]): Experiment => ({
  name: study,
  summary,
  options: [...SHARED, own],
  examples,
  async run(args, output) {
    if (args.values.get("host") === "chrome") throw new UsageError(`experiment ${study}: --host: reads files and runs on dawn alone`);
    const seeds = number(args, "seeds") ?? 3;
    checkNumber("--seeds", seeds, { min: 1, max: 1000, integer: true });
    const plan = speechPlan(
      study,
      configFrom(withoutAhead(args), SPEECH_RECIPE, [PREDICT]),
      args.values.get("ahead") as number[] | undefined,
    );
    const folder = await openExperiment(args, study, `${study}.json`);
    try {
      return await run(folder, plan, seeds, args, output);
    } finally {
      await folder.close();
    }
  },
});

export const negativesExperiment = experimentOf(
  "negatives",
  PREDICT,
  "what contrastive prediction learns from speech with negatives of mixed or of the same speakers, with and without the sequence itself, or " +
    "of that alone (the paper's table 2): probes of voice, language and content",
  [["--seeds 1 --epochs 1", "a first look (scripts/asterisk.sh fetches the speech)"]],
);
export const stepsExperiment = experimentOf(
  "steps",
  AHEAD,
  "what it learns with 1, 2, 4, 8 and 12 steps ahead predicted, and how well each is",
  [["--ahead 1,4,12 --seeds 1", "three trainings"]],
);

/** Only what is of training: the rest says how the experiment itself runs. */
const withoutAhead = ({ values, positionals }: Arguments): Arguments => ({
  values: new Map([...values].filter(([name]) => name in CHANGEABLE || name === PREDICT.name)),
  positionals,
});

async function run(folder: OpenRunFolder, plan: SpeechPlan, seeds: number, args: Arguments, output: Output): Promise<number> {
  const { study } = plan;
  const [file, report, again] = [`${study}.json`, `${study}.html`, commandAgain(study, args, folder)];
  const before = await savedResults<SpeechResults>(folder, file, study, "cells");
  if (before) checkSame(join(folder.dir, file), fixed(before.plan), fixed(plan));
  let results: SpeechResults = before ?? { experiment: study, nearfar: VERSION, plan, clips: null, reference: [], cells: [] };
  const keep = async (more: Partial<SpeechResults>) => {
    results = { ...results, ...more, nearfar: VERSION };
    await folder.write(file, `${JSON.stringify(results, null, 1)}\n`);
    await folder.write(report, renderSpeech(results, again));
  };
  const all = speechCells(
    plan,
    Array.from({ length: seeds }, (_, i) => i + 1),
  );
  const left = all.filter((cell) => !results.cells.some((done) => done.variant === cell.variant && done.seed === cell.seed));
  if (left.length < all.length) output.line(`${all.length - left.length} of ${all.length} trainings are there already`);
  const interrupt = new Interrupt(() =>
    output.line("stopping after this step; what was measured is saved ... (Ctrl-C again: quit at once)"),
  );
  try {
    if (left.length > 0) await runCells(left, () => results, keep, output, interrupt.signal);
  } catch (error) {
    if (!interrupt.signal.aborted || error !== interrupt.signal.reason) throw error;
  } finally {
    output.status("");
    interrupt.close();
  }
  const interrupted = interrupt.signal.aborted;
  show(results, output);
  output.event({
    event: interrupted ? "interrupted" : "done",
    experiment: study,
    results: join(folder.dir, file),
    report: join(folder.dir, report),
  });
  output.line(`results     ${join(folder.dir, file)}`);
  output.line(`report      ${join(folder.dir, report)}`);
  if (interrupted) output.line(`go on       ${again}`);
  return interrupted ? INTERRUPTED : 0;
}

/** Trains what is missing, one after the other; every one is kept as soon as it is whole. */
async function runCells(
  cells: readonly SpeechCell[],
  now: () => SpeechResults,
  keep: (more: Partial<SpeechResults>) => Promise<void>,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const { plan } = now();
  output.status("loading data ...");
  const data = await loadSound(plan.train.data, output.warn);
  const gpu: Gpu = await openNodeGpu();
  try {
    if (now().reference.length === 0) {
      output.status("measuring what has learned nothing ...");
      const clips = { train: data.train.lengths.length, test: data.test.lengths.length };
      await keep({ clips, reference: await speechReference(gpu, plan, data) });
    }
    for (const [i, cell] of cells.entries()) {
      signal.throwIfAborted();
      const name = `${cell.variant}, seed ${cell.seed}`;
      const progress = ({ step, steps }: { readonly step: number; readonly steps: number }) =>
        output.status(`${name} (${i + 1} of ${cells.length}): step ${step} of ${steps}`);
      const result = await runSpeechCell(gpu, plan, cell, data, { signal, progress });
      await keep({ cells: [...now().cells, result] });
      output.event({ event: "cell", ...result });
      output.line(
        `${name}: accuracy ${(100 * result.accuracy).toFixed(1)} %, bound ${result.bound.toFixed(2)} nats  ${clock(result.seconds)}`,
      );
    }
  } finally {
    gpu.close();
  }
}

function show(results: SpeechResults, output: Output): void {
  for (const { caption, head, rows } of [
    speechFigures(results),
    measureFigures(results, "mean context"),
    measureFigures(results, "mean latents"),
  ]) {
    output.line();
    output.line(output.bold(caption));
    for (const line of table([head, ...rows])) output.line(line);
  }
  output.line();
}

/** What must not change between the results there and those to come: by the names that a person gave. */
const fixed = ({ train, variants }: SpeechPlan): object => ({ ...train, variants });

/** A default as the help shows it: the recipe's. */
function shownOf({ path = "" }: Option): Pick<Option, "shown"> {
  const value = path
    .split(".")
    .reduce<unknown>((node, key) => (node as { readonly [key: string]: unknown } | undefined)?.[key], SPEECH_RECIPE);
  return value === undefined ? {} : { shown: String(value) };
}

import { join } from "node:path";
import { UsageError } from "../errors.ts";
import { CONDITION_NAMES, renderStudy, studyFigures } from "../experiments/rl_report.ts";
import { studyTable, type Trial, type TrialResult, trialsOf } from "../experiments/rl_study.ts";
import type { AgentRunEvent } from "../host/job_agent.ts";
import type { OpenRunFolder } from "../host/run_folder.ts";
import { WORLDS } from "../rl/config.ts";
import type { AgentRun, CurvePoint } from "../rl/train.ts";
import type { Experiment } from "./experiment.ts";
import { namesOf, openExperiment, savedResults } from "./experiment_files.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { table } from "./table.ts";
import { number } from "./weights_input.ts";

const GROUP = "rl";
const [RESULTS, REPORT] = ["rl.json", "rl.html"];

const OPTIONS: readonly Option[] = [
  { name: "worlds", type: "text", value: "W,W", group: GROUP, help: `of ${Object.keys(WORLDS).join(", ")}`, shown: "all" },
  {
    name: "updates",
    type: "integer",
    value: "U",
    group: GROUP,
    help: "updates of every run, of 512 frames each",
    shown: "as in the study",
  },
  { name: "cpc-weight", type: "number", value: "W", group: GROUP, help: "weight of the auxiliary loss", shown: "0.01" },
  { name: "cpc-steps", type: "integer", value: "S", group: GROUP, help: "frames ahead that it predicts", shown: "5" },
];

/** What `results.json` holds. */
interface Results {
  readonly experiment: "rl";
  readonly adapter: string;
  readonly table: ReturnType<typeof studyTable>;
  readonly runs: readonly TrialResult[];
}

export const rlExperiment: Experiment = {
  name: "rl",
  summary:
    "whether contrastive prediction helps an actor-critic with a GRU in two grid worlds of which it sees a 5 x 5 window: learning curves with " +
    "and without it, five seeds each",
  options: OPTIONS,
  examples: [
    ["", "both worlds, five seeds: about half an hour on two CPU cores"],
    ["--worlds recall --seeds 1", "one pair of curves"],
  ],
  async run(args, output) {
    const trials = trialsOf(optionsOf(args));
    const folder = await openExperiment(args, "rl", RESULTS);
    try {
      return await study(folder, trials, args, output);
    } finally {
      await folder.close();
    }
  },
};

function optionsOf(args: Arguments) {
  const worlds = namesOf(args, "worlds", Object.keys(WORLDS));
  const seeds = number(args, "seeds") ?? 5;
  if (seeds < 1) throw new UsageError(`--seeds: expected 1 or more, got ${seeds}`);
  const [updates, weight, steps] = ["updates", "cpc-weight", "cpc-steps"].map((name) => number(args, name));
  const auxiliary = { ...(weight !== undefined && { weight }), ...(steps !== undefined && { steps }) };
  return { worlds, seeds, settings: updates === undefined ? {} : { updates }, auxiliary };
}

async function study(folder: OpenRunFolder, trials: readonly Trial[], args: Arguments, output: Output): Promise<number> {
  const before = await savedResults<Results>(folder, RESULTS, "rl", "runs");
  const done = (before?.runs ?? []).filter(({ finished }) => finished);
  const stray = done.find((run) => !trials.some((trial) => isOf(run, trial)));
  if (stray)
    throw new UsageError(
      `${folder.dir}: holds a finished run (${nameOf(stray)}) that these options would not make, and nothing is thrown away. ` +
        "Give the options that it was made with, or name another folder with --out",
    );
  const results = new Map<Trial, TrialResult>();
  for (const trial of trials) {
    const known = done.find((run) => isOf(run, trial));
    if (known) results.set(trial, known);
  }
  const left = trials.filter((trial) => !results.has(trial));
  const inOrder = () => trials.flatMap((trial) => results.get(trial) ?? []);
  const interrupt = new Interrupt(() => output.line("stopping after this update and saving ... (Ctrl-C again: quit at once)"));
  let adapter = before?.adapter ?? "";
  let saved = Promise.resolve();
  const emit = (event: object) => {
    const { index } = event as { readonly index: number };
    const trial = left[index];
    if (!trial) return;
    if (!("run" in event))
      return show(output, trial, event as CurvePoint, `${trials.length - left.length + index + 1} of ${trials.length}`);
    const { run, adapter: own } = event as AgentRunEvent;
    adapter = own;
    results.set(trial, { condition: trial.condition, ...run });
    saved = saved.then(() => save(folder, inOrder(), own));
    said(output, trial, run);
  };
  try {
    if (left.length > 0)
      await runOnHost(args, { kind: "agent", configs: left.map(({ config }) => config) }, { signal: interrupt.signal, emit });
  } finally {
    output.status("");
    interrupt.close();
    await saved;
  }
  const found = inOrder();
  await save(folder, found, adapter);
  for (const line of table([studyFigures(found).head, ...studyFigures(found).rows])) output.line(line);
  output.line(`${join(folder.dir, REPORT)} shows the curves, ${join(folder.dir, RESULTS)} has all figures`);
  output.event({ event: "done", experiment: "rl", adapter, table: studyTable(found), folder: folder.dir });
  return interrupt.signal.aborted ? INTERRUPTED : 0;
}

const isOf = (run: TrialResult, { condition, config }: Trial): boolean =>
  JSON.stringify([run.condition, run.config]) === JSON.stringify([condition, config]);

async function save(folder: OpenRunFolder, runs: readonly TrialResult[], adapter: string): Promise<void> {
  const results: Results = { experiment: "rl", adapter, table: studyTable(runs), runs };
  await folder.write(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
  await folder.write(REPORT, renderStudy(runs, adapter));
}

const nameOf = ({ condition, config }: Trial): string => `${config.world}, ${CONDITION_NAMES[condition]}, seed ${config.seed}`;

function show(output: Output, trial: Trial, point: CurvePoint, which: string): void {
  output.event({ ...point, world: trial.config.world, condition: trial.condition, seed: trial.config.seed });
  const reward = point.reward === null ? "" : `, return ${point.reward.toFixed(2)}`;
  output.status(`run ${which}: ${nameOf(trial)}: update ${point.update} of ${trial.config.updates}${reward}`);
}

function said(output: Output, trial: Trial, { curve, finished, seconds }: AgentRun): void {
  const state = finished ? "" : ", not finished";
  output.line(`${nameOf(trial)}: return ${curve.at(-1)?.reward?.toFixed(2) ?? "unknown"} at the end (${seconds.toFixed(0)} s${state})`);
}

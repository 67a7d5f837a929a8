import { UsageError } from "../errors.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import { rlExperiment } from "./experiment_rl.ts";
import { negativesExperiment, stepsExperiment } from "./experiment_speech.ts";
import { textExperiment } from "./experiment_text.ts";
import { viewsExperiment } from "./experiment_views.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { suggest } from "./suggest.ts";

/** An experiment: one file that exports one of these. */
export interface Experiment {
  readonly name: string;
  /** One line: the question that it answers. */
  readonly summary: string;
  /** Its own, of a group that bears its name. Two experiments may share a name of an option when its type is the same. */
  readonly options: readonly Option[];
  readonly examples: Command["examples"];
  /** @returns the exit code */
  run(args: Arguments, output: Output): Promise<number>;
}

const EXPERIMENTS: readonly Experiment[] = [viewsExperiment, negativesExperiment, stepsExperiment, rlExperiment, textExperiment];

/** What all experiments take. */
const COMMON: readonly Option[] = [
  {
    name: "seeds",
    type: "integer",
    value: "N",
    group: "Every experiment",
    help: "run everything with the seeds 1 to N",
    shown: "views, negatives, steps: 3; rl: 5; text: 1",
  },
  {
    name: "out",
    type: "text",
    value: "DIR",
    group: "Every experiment",
    help: "gets the results as JSON and as a report; what is there already is not run again",
    shown: "runs/experiment-NAME",
  },
];

export const experiment: Command = {
  name: "experiment",
  summary: `Answer a question by many small trainings: ${EXPERIMENTS.map(({ name }) => name).join(", ")}`,
  usage: "NAME [options]",
  about: [
    ...EXPERIMENTS.map(({ name, summary }) => `${name}: ${summary}.`),
    "Figures are means over seeds with their standard deviation. Results are saved after every training: Ctrl-C, or a crash, loses the one " +
      "at hand, and the same command goes on from there.",
  ],
  positionals: [1, 1],
  options: [...new Set([...EXPERIMENTS.flatMap(({ options }) => options), ...COMMON, HOST_OPTION])],
  examples: EXPERIMENTS.flatMap(({ name, examples }) => examples.map(([line, meaning]) => [`${name} ${line}`.trimEnd(), meaning] as const)),
  async run(args, output) {
    const chosen = chosenBy(args);
    const known = [...chosen.options, ...COMMON, HOST_OPTION].map(({ name }) => name);
    const stray = [...args.values.keys()].find((name) => !known.includes(name) && name !== "json");
    if (stray !== undefined)
      throw new UsageError(`experiment ${chosen.name}: has no option --${stray}: expected some of --${known.join(", --")}`);
    return chosen.run(args, output);
  },
};

function chosenBy({ positionals: [name = ""] }: Arguments): Experiment {
  const found = EXPERIMENTS.find((candidate) => candidate.name === name);
  if (found) return found;
  const names = EXPERIMENTS.map((candidate) => candidate.name);
  const near = suggest(name, names);
  throw new UsageError(`unknown experiment ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : `: expected ${names.join(", ")}`}`);
}

import { UsageError } from "../errors.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import type { Experiment } from "./experiments/experiment.ts";
import { rl } from "./experiments/rl.ts";
import { views } from "./experiments/views.ts";
import type { Arguments, Option } from "./options.ts";
import { suggest } from "./suggest.ts";

/** Experiments by name: a new one is a file in experiments/ and an entry here. */
const EXPERIMENTS: readonly Experiment[] = [views, rl];

/** What all experiments take. */
const COMMON: readonly Option[] = [
  { name: "seeds", type: "integer", value: "N", group: "Every experiment", help: "run everything with the seeds 1 to N", shown: "3; rl 5" },
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
  options: [...EXPERIMENTS.flatMap(({ options }) => options), ...COMMON, HOST_OPTION],
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

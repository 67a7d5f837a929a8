import { UsageError } from "../errors.ts";
import { CALL } from "./call.ts";
import { type Command, HOST_OPTION } from "./command.ts";
import type { Experiment } from "./experiments/experiment.ts";
import { rl } from "./experiments/rl.ts";
import type { Option } from "./options.ts";
import { suggest } from "./suggest.ts";

/** Experiments by name: a new one is a file in experiments/ and an entry here. */
const EXPERIMENTS: readonly Experiment[] = [rl];

/** Of every experiment. */
const SHARED: readonly Option[] = [
  {
    name: "out",
    type: "text",
    value: "DIR",
    group: "Output",
    help: "gets the figures and the page; runs that are finished there are not run again",
    shown: "runs/experiment-NAME",
  },
  HOST_OPTION,
];

export const experiment: Command = {
  name: "experiment",
  summary: "Ask a question of several trainings: table, JSON and a page with curves",
  usage: "NAME [options]",
  about: [
    "Runs the trainings that a question needs, one after the other, and writes what they say into a folder: DIR/results.json and " +
      "DIR/report.html. Ctrl-C stops after the step at hand and saves; the same command goes on with the runs that are left.",
    ...EXPERIMENTS.map(({ name, about }) => `${name}: ${about}`),
  ],
  positionals: [1, 1],
  options: [...EXPERIMENTS.flatMap(({ options }) => options), ...SHARED],
  examples: EXPERIMENTS.flatMap(({ name, examples }) => examples.map(([line, meaning]) => [`${name} ${line}`.trimEnd(), meaning] as const)),
  run(args, output) {
    const [name = ""] = args.positionals;
    const found = EXPERIMENTS.find((one) => one.name === name);
    const names = EXPERIMENTS.map((one) => one.name);
    if (!found) {
      const near = suggest(name, names);
      throw new UsageError(
        `unknown experiment ${JSON.stringify(name)}${near ? `; did you mean ${near}?` : `: expected ${names.join(", ")}`}`,
      );
    }
    const known = [...found.options, ...SHARED].map((option) => option.name);
    const stray = [...args.values.keys()].find((option) => !known.includes(option) && option !== "json");
    if (stray !== undefined)
      throw new UsageError(`${CALL} experiment ${name}: --${stray} is of another experiment; this one knows --${known.join(", --")}`);
    return found.run(args, output);
  },
};

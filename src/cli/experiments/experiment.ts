import type { Arguments, Option } from "../options.ts";
import type { Output } from "../output.ts";

/** A question that several trainings answer: one file that exports one of these, and its entry in `experiment.ts`. */
export interface Experiment {
  readonly name: string;
  /** What it asks and what it runs, a sentence or two. */
  readonly about: string;
  /** Its own options; `--out` and `--host` all have. */
  readonly options: readonly Option[];
  /** What follows the name, and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** @returns the exit code */
  run(args: Arguments, output: Output): Promise<number>;
}

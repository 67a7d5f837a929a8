import type { Command } from "../command.ts";
import type { Arguments, Option } from "../options.ts";
import type { Output } from "../output.ts";

/** A question that several trainings answer: one file that exports one of these, and its entry in `experiment.ts`. */
export interface Experiment {
  readonly name: string;
  /** One line: the question that it answers. */
  readonly summary: string;
  /** Its own, of a group that bears its name. Two experiments may share a name of an option when its type is the same. */
  readonly options: readonly Option[];
  /** What follows the name, and what it does. */
  readonly examples: Command["examples"];
  /** @returns the exit code */
  run(args: Arguments, output: Output): Promise<number>;
}

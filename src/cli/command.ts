import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";

/** A command: one file that exports one of these. Help, parsing and `main` need nothing else. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What follows the name: "DIR [options]". */
  readonly usage: string;
  /** Paragraphs above the options. */
  readonly about: readonly string[];
  /** Least and most positionals. */
  readonly positionals: readonly [number, number];
  readonly options: readonly Option[];
  /** What follows the name, and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  /** @returns the exit code */
  run(args: Arguments, output: Output): Promise<number>;
}

export const HOST_OPTION: Option = {
  name: "host",
  type: "text",
  value: "HOST",
  choices: ["dawn", "chrome"],
  group: "Where it runs",
  help: "dawn: in this process. chrome: in headless Chrome (CHROME_PATH, or an installed one)",
  shown: "dawn",
};

/** Every command has these. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: "json", type: "flag", group: "Output", help: "print one JSON object per line on stdout, and nothing else" },
  { name: "help", type: "flag", short: "h", group: "Output", help: "show this help" },
];

import { existsSync } from "node:fs";
import { join } from "node:path";
import { FormatError, UsageError } from "../errors.ts";
import { type OpenRunFolder, openRunFolder } from "../host/run_folder.ts";
import { CALL, quoted } from "./call.ts";
import type { Arguments } from "./options.ts";
import { text } from "./weights_input.ts";

/** The folder of an experiment: `--out`, or one that bears its name; to go on where its file of results is there already. */
export function openExperiment(args: Arguments, experiment: string, file: string): Promise<OpenRunFolder> {
  const dir = text(args, "out") ?? join("runs", `experiment-${experiment}`);
  return openRunFolder(dir, existsSync(join(dir, file)) ? "existing" : "new");
}

/**
 * What the file of results holds; undefined when there is none.
 * @param list the field that has the results, one by one
 * @throws FormatError for a file that is not JSON, UsageError for one of another experiment
 */
export async function savedResults<T extends { readonly experiment: string }>(
  folder: OpenRunFolder,
  file: string,
  experiment: T["experiment"],
  list: keyof T,
): Promise<T | undefined> {
  const bytes = await folder.read(file);
  if (!bytes) return undefined;
  const path = join(folder.dir, file);
  try {
    const found: T = JSON.parse(new TextDecoder().decode(bytes));
    if (found.experiment === experiment && Array.isArray(found[list])) return found;
  } catch (cause) {
    throw new FormatError(`${path}: not JSON. Name another folder with --out`, { cause });
  }
  throw new UsageError(`${path}: of another experiment. Name another folder with --out`);
}

/** The command line that goes on: the same once more. */
export function commandAgain(experiment: string, { values }: Arguments, { dir }: OpenRunFolder): string {
  const given = [...values].filter(([name]) => name !== "json" && name !== "out");
  const options = given.map(([name, value]) => ` --${name} ${quoted(Array.isArray(value) ? value.join() : String(value))}`);
  return `${CALL} experiment ${experiment}${options.join("")} --out ${quoted(dir)}`;
}

/** The names of an option, separated by commas; all where it is left out. @throws UsageError for a name that there is not */
export function namesOf(args: Arguments, option: string, all: readonly string[]): readonly string[] {
  const names = text(args, option)?.split(",") ?? all;
  const stray = names.find((name) => !all.includes(name));
  if (stray === undefined) return names;
  throw new UsageError(`--${option}: expected some of ${all.join(", ")}, got ${JSON.stringify(stray)}`);
}

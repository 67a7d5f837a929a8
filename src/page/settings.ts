import { UsageError } from "../errors.ts";
import type { TrainOptions } from "../train/config.ts";
import { isTask, TASK_NAMES, TASKS, type TaskName } from "./tasks.ts";

/** Names that the page's address may carry: `?limit=256&epochs=1`. */
const NAMES = ["limit", "test", "epochs", "batch", "seed"] as const;
type Name = (typeof NAMES)[number];

/** From the page's address: whole numbers, and which task. */
export type Settings = { readonly [N in Name]?: number } & { readonly task?: TaskName };

/** @throws UsageError when a name or a task is unknown, or a value is not a whole number */
export function settingsFrom(search: string): Settings {
  const settings: { [N in Name]?: number } & { task?: TaskName } = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (name === "task") {
      if (!isTask(value)) throw new UsageError(`The address has an unknown task "${value}": expected ${TASK_NAMES.join(", ")}.`);
      settings.task = value;
      continue;
    }
    const known = NAMES.find((candidate) => candidate === name);
    if (known === undefined) throw new UsageError(`The address has an unknown setting "${name}": expected task, ${NAMES.join(", ")}.`);
    if (!/^\d{1,9}$/.test(value)) throw new UsageError(`The address sets ${name} to "${value}": expected a whole number.`);
    settings[known] = Number(value);
  }
  return settings;
}

/** The config of a run with these settings; what is not set is the task's, or the default of the command line. */
export function optionsFrom({ task = "digits", limit, test, epochs, batch, seed }: Settings): TrainOptions {
  const own: TrainOptions = TASKS[task].options;
  return {
    ...own,
    data: { ...own.data, ...(limit !== undefined && { limit }), ...(test !== undefined && { test }) },
    ...(epochs !== undefined && { epochs }),
    ...(batch !== undefined && { batch }),
    ...(seed !== undefined && { seed }),
  };
}

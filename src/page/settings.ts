import { UsageError } from "../errors.ts";
import type { TrainOptions } from "../train/config.ts";

/** Names that the page's address may carry: `?limit=256&epochs=1`. */
const NAMES = ["limit", "test", "epochs", "batch", "seed"] as const;
type Name = (typeof NAMES)[number];

/** Whole numbers from the page's address. */
export type Settings = { readonly [N in Name]?: number };

/** @throws UsageError when a name is unknown or its value is not a whole number */
export function settingsFrom(search: string): Settings {
  const settings: { [N in Name]?: number } = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const known = NAMES.find((candidate) => candidate === name);
    if (known === undefined) throw new UsageError(`The address has an unknown setting "${name}": expected ${NAMES.join(", ")}.`);
    if (!/^\d{1,9}$/.test(value)) throw new UsageError(`The address sets ${name} to "${value}": expected a whole number.`);
    settings[known] = Number(value);
  }
  return settings;
}

/** The config of a run with these settings; what is not set keeps the default of the command line. */
export function optionsFrom({ limit, test, epochs, batch, seed }: Settings): TrainOptions {
  return {
    data: { name: "mnist", ...(limit !== undefined && { limit }), ...(test !== undefined && { test }) },
    ...(epochs !== undefined && { epochs }),
    ...(batch !== undefined && { batch }),
    ...(seed !== undefined && { seed }),
  };
}

import { UsageError } from "../errors.ts";
import type { Parameters } from "../nn/parameters.ts";
import { Adam } from "./adam.ts";
import type { Optimiser } from "./optimiser.ts";
import { Sgd } from "./sgd.ts";

/** `name` (default sgd) and that optimiser's own options, which it checks. */
export interface OptimiserConfig {
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** Makes the optimiser that a config describes, over all parameters added so far. @throws UsageError */
export type MakeOptimiser = (parameters: Parameters, config: OptimiserConfig) => Optimiser;

/** What makes the optimiser of this name. Few want LARS, which is a download of its own. */
export async function loadOptimiser({ name }: OptimiserConfig): Promise<MakeOptimiser> {
  if (name !== "lars") return makeOptimiser;
  const { Lars } = await import("./lars.ts");
  return (parameters, { name: _, ...options }) => new Lars(parameters, options);
}

/** As `MakeOptimiser`, for those that are there at once: sgd, adam, adamw. */
export function makeOptimiser(parameters: Parameters, { name = "sgd", ...options }: OptimiserConfig): Optimiser {
  switch (name) {
    case "sgd":
      return new Sgd(parameters, options);
    case "adam":
      return new Adam(parameters, options);
    case "adamw":
      return new Adam(parameters, options, true);
    default:
      throw new UsageError(`optimiser: expected one of sgd, adam, adamw, got ${JSON.stringify(name)}`);
  }
}

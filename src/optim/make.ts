import { UsageError } from "../errors.ts";
import type { Parameters } from "../nn/parameters.ts";
import { Adam } from "./adam.ts";
import { Lars } from "./lars.ts";
import { OPTIMISERS, type Optimiser } from "./optimiser.ts";
import { Sgd } from "./sgd.ts";

/** `name` (default sgd) and that optimiser's own options, which it checks. */
export interface OptimiserConfig {
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** The optimiser that a config describes, over all parameters added so far. @throws UsageError */
export function makeOptimiser(parameters: Parameters, { name = "sgd", ...options }: OptimiserConfig): Optimiser {
  switch (name) {
    case "sgd":
      return new Sgd(parameters, options);
    case "adam":
      return new Adam(parameters, options);
    case "adamw":
      return new Adam(parameters, options, true);
    case "lars":
      return new Lars(parameters, options);
    default:
      throw new UsageError(`optimiser: expected one of ${OPTIMISERS.join(", ")}, got ${JSON.stringify(name)}`);
  }
}

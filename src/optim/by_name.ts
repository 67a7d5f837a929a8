import { UsageError } from "../errors.ts";
import type { Parameters } from "../nn/parameters.ts";
import { Adam } from "./adam.ts";
import type { OptimiserConfig } from "./make.ts";
import type { Optimiser } from "./optimiser.ts";
import { Sgd } from "./sgd.ts";

/** As `MakeOptimiser`, without waiting, for sgd, adam and adamw. */
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

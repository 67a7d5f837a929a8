import type { Parameters } from "../nn/parameters.ts";
import type { Optimiser } from "./optimiser.ts";
import { Sgd } from "./sgd.ts";

/** `name` (default sgd) and that optimiser's own options, which it checks. */
export interface OptimiserConfig {
  readonly name?: string;
  readonly [option: string]: unknown;
}

/** Makes the optimiser that a config describes, over all parameters added so far. @throws UsageError */
export type MakeOptimiser = (parameters: Parameters, config: OptimiserConfig) => Optimiser;

/** What makes the optimiser of this name. All but SGD are downloads of their own. */
export async function loadOptimiser({ name = "sgd" }: OptimiserConfig): Promise<MakeOptimiser> {
  if (name === "sgd") return (parameters, { name: _, ...options }) => new Sgd(parameters, options);
  if (name !== "lars") return (await import("./by_name.ts")).makeOptimiser;
  const { Lars } = await import("./lars.ts");
  return (parameters, { name: _, ...options }) => new Lars(parameters, options);
}

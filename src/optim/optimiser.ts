import { UsageError } from "../errors.ts";
import type { Plan } from "../gpu/plan.ts";
import type { Store } from "../gpu/store.ts";
import type { Place } from "../nn/named.ts";
import type { Parameters } from "../nn/parameters.ts";

/** The optimisers by name. */
export const OPTIMISERS: readonly string[] = ["sgd", "adam", "adamw", "lars"];

/** What moves the parameters: recorded into the plan once, replayed every step with the rate of the step uniform. */
export interface Optimiser {
  /** Appends the update of all parameters to the plan. After `parameters.collect`. @throws UsageError when parameters came later */
  step(plan: Plan): void;
  /** What it remembers, as `<what>.<parameter>`, for checkpoints: see `readNamed` and `writeNamed`. */
  named(): ReadonlyMap<string, Place>;
  /** Frees the device memory. */
  destroy(): void;
}

/** Gives `store` the parameters' layout, so that one launch runs over both, and names its slots `<what>.<parameter>`. */
export function mirror(parameters: Parameters, store: Store, what: string): Map<string, Place> {
  const place = ([name, { shape, slot }]: [string, { shape: readonly number[]; slot: { bytes: number } }]): [string, Place] => [
    `${what}.${name}`,
    { shape, slot: store.add(`${what} of ${name}`, slot.bytes), store },
  ];
  return new Map([...parameters.tensors()].map(place));
}

/** Elements of the parameter store, padding included. @throws UsageError when parameters were added after `store` mirrored them */
export function mirrored(where: string, parameters: Parameters, store: Store): number {
  if (parameters.values.bytes === store.bytes) return store.bytes / 4;
  throw new UsageError(`${where}: parameters were added after the optimiser was made`);
}

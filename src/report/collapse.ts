import type { TrainConfig } from "../train/config.ts";
import type { LossLevel } from "./charts.ts";
import { count } from "./format.ts";

/**
 * The loss of an encoder that gives every image the same feature: the logarithm of the number of candidates of a softmax. NCE has
 * no such level.
 * @param rows training images N
 */
export function collapseLevel({ objective }: Pick<TrainConfig, "objective">, rows: number): LossLevel | undefined {
  const { mode, negatives = 1024 } = objective;
  if (mode === "nce" || rows === 0) return undefined;
  const candidates = mode === "softmax" && typeof negatives === "number" ? negatives + 1 : rows;
  return { value: Math.log(candidates), name: `ln ${count(candidates)}` };
}

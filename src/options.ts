import { UsageError } from "./errors.ts";

/** Rejects option names that nobody reads: a misspelt option must not silently keep its default. @throws UsageError */
export function checkNames(where: string, given: object, known: readonly string[]): void {
  const stray = Object.keys(given).find((name) => !known.includes(name));
  if (stray === undefined) return;
  throw new UsageError(`${where}: unknown option ${JSON.stringify(stray)}: expected ${known.join(", ")}`);
}

/** @throws UsageError unless `value` is a finite number (or an integer) from `min` to `max` */
export function checkNumber(where: string, value: unknown, range: { min: number; max?: number; integer?: boolean; above?: boolean }): void {
  const { min, max = Number.POSITIVE_INFINITY, integer = false, above = false } = range;
  const ok = typeof value === "number" && Number.isFinite(value) && (above ? value > min : value >= min) && value <= max;
  if (ok && (!integer || Number.isInteger(value))) return;
  const kind = integer ? "an integer" : "a number";
  const from = above ? `above ${min}` : `of ${min} or more`;
  throw new UsageError(
    `${where}: expected ${kind} ${from}${max < Number.POSITIVE_INFINITY ? ` and at most ${max}` : ""}, got ${JSON.stringify(value)}`,
  );
}

/** @throws UsageError unless `value` is one of `choices` */
export function checkChoice(where: string, value: unknown, choices: readonly string[]): void {
  if (choices.some((choice) => choice === value)) return;
  throw new UsageError(`${where}: expected one of ${choices.join(", ")}, got ${JSON.stringify(value)}`);
}

import type { Baseline, Measure } from "../train/events.ts";
import { measureRows } from "../train/measure_rows.ts";
import { percentage } from "./progress.ts";
import { table } from "./table.ts";

/** Measures of a run beside guessing and its baselines, a row for each kind of features. */
export function measureLines(measures: readonly Measure[], baseline: Baseline | null): string[] {
  const { kinds, rows } = measureRows([...(baseline?.measures ?? []), ...measures]);
  const cells = kinds.map((kind, k) => [kind, ...rows.map(({ values }) => (values[k] === undefined ? "" : percentage(values[k])))]);
  return [
    "",
    ...table([["", ...rows.map(({ name }) => name)], ["guessing", ...rows.map(({ chance }) => percentage(chance))], ...cells]),
    "",
  ];
}

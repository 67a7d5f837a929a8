import type { Measure } from "./events.ts";

/** Measures as a table: a row for each question, a column for each kind of features. */
export interface MeasureTable {
  readonly kinds: readonly string[];
  readonly rows: readonly { readonly name: string; readonly chance: number; readonly values: readonly (number | undefined)[] }[];
}

/** Rows and columns in the order in which they come up. */
export function measureRows(measures: readonly Measure[]): MeasureTable {
  const kinds = [...new Set(measures.map(({ of }) => of))];
  const names = [...new Set(measures.map(({ name }) => name))];
  const at = (name: string, of: string) => measures.find((measure) => measure.name === name && measure.of === of);
  const rows = names.map((name) => ({
    name,
    chance: measures.find((measure) => measure.name === name)?.chance ?? 0,
    values: kinds.map((kind) => at(name, kind)?.value),
  }));
  return { kinds, rows };
}

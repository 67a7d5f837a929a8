import { type Html, html } from "../../src/report/html.ts";
import { type Line, lineChart } from "../../src/report/line_chart.ts";
import type { Detail } from "../contract.ts";
import { growth } from "../stats.ts";
import { groupBy } from "./group.ts";
import { contenderText, figure, sizeText } from "./table.ts";

/** A point of a line: which length changed. */
export interface LinearRow {
  readonly axis: string;
  readonly row: Detail;
}

/** A case's cost against one length, as one contender pays it. */
export interface Growth {
  readonly contender: string;
  /** Lengths and milliseconds, ascending. */
  readonly points: readonly (readonly [number, number])[];
  /** Of the power law that fits best: 1 is a cost in proportion. NaN for a single point. */
  readonly exponent: number;
}

/** Rows that have a figure, a group for each case and length. */
const grouped = (rows: readonly LinearRow[]) =>
  groupBy(
    rows.filter(({ row }) => row.median_ms !== null),
    ({ axis, row }) => `${row.case} ${axis}`,
  );

/** How cost grows, a line a case and length: "nce B: ours 0.98, tfjs-webgpu 1.02". */
export const growthLines = (rows: readonly LinearRow[]): string[] =>
  [...grouped(rows)].map(([name, group]) => {
    const each = growthOf(group).map(({ contender, exponent }) => `${contender} ${exponent.toFixed(2)}`);
    return `${name}: ${each.join(", ")}`;
  });

function growthOf(group: readonly LinearRow[]): Growth[] {
  return [...groupBy(group, ({ row }) => contenderText(row))].map(([contender, own]) => {
    const points = own.map(({ axis, row }) => [row.size[axis] ?? 0, row.median_ms ?? 0] as const).toSorted((a, b) => a[0] - b[0]);
    return { contender, points, exponent: points.length > 1 ? growth(points) : Number.NaN };
  });
}

/** Cost against each length, one chart a case and length, in logarithms: a slope of 1 is a cost in proportion. */
export function linearCharts(rows: readonly LinearRow[]): Html {
  return html`<div class="pair">${[...grouped(rows).values()].map(chart)}</div>`;
}

function chart(group: readonly LinearRow[]): Html {
  const [first] = group;
  if (!first) return html``;
  const { axis, row } = first;
  const { [axis]: _, ...fixed } = row.size;
  const lines = growthOf(group).map(({ contender, points, exponent }): Line => {
    const ours = contender === "ours";
    const logs = points.map(([x, y]) => [Math.log10(x), Math.log10(y)] as const);
    return { name: `${contender} ${exponent.toFixed(2)}`, points: logs, look: ours ? "main" : "faint", dots: ours };
  });
  const format = (value: number) => String(Number((10 ** value).toPrecision(3)));
  return lineChart({
    title: `${row.case}: cost against ${axis}`,
    note: `${sizeText(fixed)}. Behind each name the exponent: 1 is a cost in proportion.`,
    x: { label: axis, format },
    y: { label: "ms", format },
    lines,
    describe: (x, y) => `${axis} ${figure(10 ** x)}: ${figure(10 ** y)} ms`,
  });
}

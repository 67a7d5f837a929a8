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

/** Cost against each length, one chart a case and length, in logarithms: a slope of 1 is a cost in proportion. */
export function linearCharts(rows: readonly LinearRow[]): Html {
  const groups = groupBy(
    rows.filter(({ row }) => row.median_ms !== null),
    ({ axis, row }) => `${row.case} ${axis}`,
  );
  return html`<div class="pair">${[...groups.values()].map(chart)}</div>`;
}

function chart(group: readonly LinearRow[]): Html {
  const [first] = group;
  if (!first) return html``;
  const { axis, row } = first;
  const { [axis]: _, ...fixed } = row.size;
  const lines = [...groupBy(group, ({ row }) => contenderText(row))].map(([name, points]): Line & { readonly slope: number } => {
    const measured = points.map((point) => [point.row.size[axis] ?? 0, point.row.median_ms ?? 0] as const).toSorted((a, b) => a[0] - b[0]);
    const slope = measured.length > 1 ? growth(measured) : Number.NaN;
    return {
      name: `${name} ${slope.toFixed(2)}`,
      points: measured.map(([x, y]) => [Math.log10(x), Math.log10(y)]),
      look: name === "ours" ? "main" : "faint",
      dots: name === "ours",
      slope,
    };
  });
  const format = (value: number) => String(Number((10 ** value).toPrecision(2)));
  return lineChart({
    title: `${row.case}: cost against ${axis}`,
    note: `${sizeText(fixed)}. Behind each name the exponent: 1 is a cost in proportion.`,
    x: { label: axis, format },
    y: { label: "ms", format },
    lines,
    describe: (x, y) => `${axis} ${figure(10 ** x)}: ${figure(10 ** y)} ms`,
  });
}

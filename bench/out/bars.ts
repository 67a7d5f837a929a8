import { type Html, html } from "../../src/report/html.ts";
import type { Detail } from "../contract.ts";
import { contenderText, figure, ratio } from "./table.ts";

/** Milliseconds of each contender on a logarithmic scale of its own case, shortest bar fastest; what failed says why. */
export function bars(rows: readonly Detail[]): Html {
  const times = rows.flatMap(({ median_ms }) => (median_ms === null ? [] : [median_ms]));
  const [least, most] = [Math.min(...times), Math.max(...times)];
  const width = (ms: number) => (most > least ? 6 + (94 * Math.log(ms / least)) / Math.log(most / least) : 50);
  return html`<div class="bars">${rows.map((row) => bar(row, rows, width))}</div>`;
}

function bar(row: Detail, rows: readonly Detail[], width: (ms: number) => number): Html {
  const name = contenderText(row);
  if (row.median_ms === null) return html`<div class="bar"><span>${name}</span><span class="why">${row.error}</span><span></span></div>`;
  const times = row.variant === "ours" ? undefined : ratio(row, rows);
  const value = html`${figure(row.median_ms)} ms${times !== undefined && html` <small>${figure(times)}x</small>`}`;
  const title = `${name}: median ${figure(row.median_ms)} ms, 90 % below ${figure(row.p90_ms)} ms, ${row.rounds} steps`;
  return html`<div class="bar${row.variant === "ours" && " us"}" title="${title}"><span>${name}</span>
<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${width(row.median_ms).toFixed(1)}" height="10"/></svg>
<span class="value">${value}</span></div>`;
}

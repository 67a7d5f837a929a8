import { Html, html } from "../../src/report/html.ts";
import { STYLE } from "../../src/report/style.ts";
import type { BenchCase, Detail } from "../contract.ts";
import type { Roof } from "../run/job.ts";
import { bars } from "./bars.ts";
import { groupBy } from "./group.ts";
import { type LinearRow, linearCharts } from "./lines.ts";
import { roofline, roofPoints } from "./roofline.ts";
import { BENCH_STYLE } from "./style.ts";
import { contenderText, figure, sizeText } from "./table.ts";

export interface ReportInput {
  readonly adapter: string;
  readonly browser: string;
  readonly commit: string;
  readonly software: boolean;
  readonly rows: readonly Detail[];
  /** Rows of --linear, with the length that changes. */
  readonly linear: readonly LinearRow[];
  readonly roof: Roof | null;
  readonly cases: readonly BenchCase[];
}

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** A self-contained page: a roofline, and for every case bars and all figures. It loads nothing. */
export function renderReport(input: ReportInput): string {
  const { adapter, browser, commit, software } = input;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Bench \u2013 nearfar</title><style>${new Html(STYLE + BENCH_STYLE)}</style></head>
<body><main><div class="brand"><b>nearfar</b><span>bench</span>${software && html`<span class="badge">software adapter</span>`}</div>
<h1>Speed beside tfjs and jax-js</h1>
<p class="lead">${adapter}; ${browser}; commit ${commit}. Every contender got the same inputs, was checked against a float64 reference first, and took turns with the others, a step each a round.</p>
${software && html`<ul class="notes"><li><b>Software adapter.</b> It runs on the CPU: ratios between contenders count, milliseconds say nothing about a GPU.</li></ul>`}
${results(input)}
<footer>Written by nearfar's bench. Bars are logarithmic. This file is complete in itself: it loads nothing and sends nothing.</footer></main></body></html>
`.text;
}

/** Roofline, growth, and the cases: whatever of it there is. */
export function results({ rows, roof, cases, linear }: Pick<ReportInput, "rows" | "roof" | "cases" | "linear">): Html {
  const points = roofPoints(rows, cases);
  return html`${roof && points.length > 0 && html`<h2>Roofline</h2>${roofline(points, roof)}`}
${linear.length > 0 && html`<h2>How cost grows</h2>${linearCharts(linear)}`}
${rows.length > 0 && html`<h2>Cases</h2>${byCase(rows).map((group) => section(group, cases))}`}`;
}

/** Rows of one case and size together, in the order they came. */
const byCase = (rows: readonly Detail[]): Detail[][] => [...groupBy(rows, (row) => `${row.case} ${sizeText(row.size)}`).values()];

function section(rows: readonly Detail[], cases: readonly BenchCase[]): Html {
  const [first] = rows;
  if (!first) return html``;
  const title = cases.find(({ name }) => name === first.case)?.title ?? first.case;
  return html`<section class="case"><h3>${title}</h3><p>${first.case}: ${sizeText(first.size)}</p>${bars(rows)}${figures(rows)}</section>`;
}

const COLUMNS: readonly (readonly [string, (row: Detail) => string])[] = [
  ["median ms", (row) => figure(row.median_ms)],
  ["p90 ms", (row) => figure(row.p90_ms)],
  ["GPU ms", (row) => figure(row.gpu_ms)],
  ["first step ms", (row) => figure(row.first_ms)],
  ["launches", (row) => whole(row.launches)],
  ["submits", (row) => whole(row.submits)],
  ["bind groups", (row) => whole(row.bind_groups)],
  ["writes", (row) => whole(row.writes)],
  ["new buffers", (row) => whole(row.buffers)],
  ["peak MiB", (row) => figure(row.bytes === null ? null : row.bytes / 2 ** 20)],
  ["GFLOP/s", (row) => figure(row.gflops)],
  ["GB/s", (row) => figure(row.gbps)],
  ["worst error", (row) => (row.worst === null ? "" : row.worst.toExponential(1))],
];

const whole = (value: number | null): string => (value === null ? "" : String(value));

function figures(rows: readonly Detail[]): Html {
  const head = COLUMNS.map(([name]) => html`<th scope="col">${name}</th>`);
  const body = rows.map((row) =>
    row.error === null
      ? html`<tr><td>${contenderText(row)}</td>${COLUMNS.map(([, write]) => html`<td>${write(row)}</td>`)}</tr>`
      : html`<tr><td>${contenderText(row)}</td><td class="why" colspan="${COLUMNS.length}">${row.error}</td></tr>`,
  );
  return html`<div class="scroll"><table class="figures"><thead><tr><th scope="col">step</th>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

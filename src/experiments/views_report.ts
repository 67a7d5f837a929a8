import { count, duration, percent } from "../report/format.ts";
import { type Html, html } from "../report/html.ts";
import { htmlPage } from "../report/html_page.ts";
import { type ErrorBar, type Line, lineChart } from "../report/line_chart.ts";
import { configTable, goOn } from "../report/sections.ts";
import type { Summary } from "./statistics.ts";
import { measuresOf, referenceOf, VIEWS_DATA, type ViewsData, type ViewsMeasure } from "./views_plan.ts";
import { type ViewsResults, type ViewsRow, type ViewsSection, viewsRows } from "./views_results.ts";

/** How far the curve of the core graph is moved aside, so that error bars do not cover each other. */
const ASIDE = 0.05;

const TITLES: { readonly [D in ViewsData]: string } = { scenes: "Furnished rooms", emoji: "Emoji by four vendors" };

const ENCODERS: { readonly [D in ViewsData]: string } = {
  scenes:
    "Each view has an encoder of its own: the first one meets the same pairs in both graphs, which differ for it only by what the others " +
    "learn from each other. What is measured, the class of each pixel, is no view and was never learned from.",
  emoji: "All views share one encoder, so that it can be asked about vendors that it has not learned from.",
};

/** A self-contained HTML page: curves with error bars, the figures, and what was run. @param again the command that goes on */
export function renderViewsReport(results: ViewsResults, again: string): string {
  const sections = VIEWS_DATA.flatMap((data) => results.sections[data] ?? []);
  const body = html`<h1>Quality against the number of views</h1>
<p class="lead">Contrastive multiview coding with one to four views of each sample; what is measured is always the encoder of the first view. <b>One view</b> has no other to be held against: it is learned by instance discrimination (InstDisc) with the same encoder, crops, batch and epochs. <b>Core</b> pairs every view with the first, <b>full</b> pairs all; of two views both are the same. The loss is summed over pairs, as published, so that more views also mean larger steps. Error bars: one standard deviation over seeds either way (weights, order, crops and decoder; the data stay the same).</p>
${sections.map(sectionOf)}
<h2>How to go on</h2>${goOn([{ what: "Finish it, or add seeds: what is there is not run again", command: again }])}
<h2>What was run</h2><div class="tables">${sections.map(({ plan }) => html`<div>${configTable({ nearfar: results.nearfar, ...shown(plan) })}</div>`)}</div>`;
  return htmlPage("experiment: number of views", body);
}

/** Without what every cell sets for itself, or nothing here reads. */
function shown({ train, ...plan }: ViewsSection["plan"]): object {
  const { objective: _, seed: __, evaluate: ___, checkpointEvery: ____, ...rest } = train;
  return { ...plan, train: rest };
}

function sectionOf(section: ViewsSection): Html {
  const { plan, images, cells } = section;
  const measures = measuresOf(plan.data);
  const rows = viewsRows(section);
  const seconds = cells.reduce((sum, cell) => sum + cell.seconds, 0);
  const adapters = [...new Set(cells.map(({ adapter }) => adapter))].join("; ");
  const of = images && html`${count(images.train)} to learn from and ${count(images.test)} held out. `;
  return html`<h2>${TITLES[plan.data]}</h2><p class="lead">${of}Views in the order in which they join: ${plan.order.join(", ")}. ${ENCODERS[plan.data]}</p>
<div class="pair">${measures.map((measure) => chart(section, rows, measure))}</div>
<div class="tables">${figuresTable(section, rows, measures)}${seedsTable(section, measures)}</div>
${cells.length > 0 && html`<p class="lead">${count(cells.length)} cells in ${duration(seconds)} on ${adapters}.</p>`}`;
}

function chart({ plan, reference }: ViewsSection, rows: readonly ViewsRow[], { name, label, note }: ViewsMeasure): Html {
  const known = rows.flatMap((row) => {
    const found = row.figures[name];
    return found && found.n > 0 ? [{ ...row, ...found }] : [];
  });
  const untrained = known.find(({ views }) => views === 0);
  const base = reference?.[name];
  const levels = [
    ...(untrained ? [{ name: `untrained ${percent(untrained.mean)}`, value: untrained.mean }] : []),
    ...(base === undefined ? [] : [{ name: `${referenceOf(plan.data)} ${percent(base)}`, value: base }]),
  ];
  const joint = known.filter(({ views, graph }) => views > 0 && graph === null);
  const line = (graph: "core" | "full"): Line => {
    const aside = graph === "core" ? ASIDE : 0;
    const own = [...joint.filter(({ views }) => graph === "full" || views === 2), ...known.filter((row) => row.graph === graph)];
    const points = own.map(({ views, mean }) => [views + (views > 2 ? aside : 0), mean] as const);
    const errors = own.flatMap(({ views, mean, deviation }): ErrorBar[] =>
      deviation === null || (graph === "core" && views === 2)
        ? []
        : [{ x: views + (views > 2 ? aside : 0), low: mean - deviation, high: mean + deviation }],
    );
    const last = own.at(-1);
    const named = last && (own.some((row) => row.graph === graph) || graph === "full");
    return { name: named ? `${graph} ${percent(last.mean)}` : "", points, errors, look: graph === "full" ? "main" : "other", dots: true };
  };
  return lineChart({
    title: `${label[0]?.toUpperCase()}${label.slice(1)}`,
    note,
    x: { label: "views", domain: [0.75, plan.order.length + ASIDE], count: plan.order.length },
    y: { label, format: (value) => percent(value, value < 0.1 ? 1 : 0) },
    lines: [line("core"), line("full")],
    references: levels,
    describe: (x, y) => `${x} ${x === 1 ? "view" : "views, full graph"}: ${percent(y)}`,
    empty: "waits for the first training",
  });
}

/** "31.4 ± 0.6 %"; one run has no deviation. */
export function figure({ mean, deviation }: Summary): string {
  return deviation === null ? percent(mean) : percent(mean).replace("\u202f%", ` \u00b1 ${(100 * deviation).toFixed(1)}\u202f%`);
}

function figuresTable({ plan, reference }: ViewsSection, rows: readonly ViewsRow[], measures: readonly ViewsMeasure[]): Html {
  const line = (name: string, cells: readonly string[], n: string): Html =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}<td>${n}</td></tr>`;
  const seeds = (row: ViewsRow): number => row.figures[measures[0]?.name ?? ""]?.n ?? 0;
  const base =
    reference &&
    line(
      referenceOf(plan.data),
      measures.map(({ name }) => percent(reference[name] ?? 0)),
      "",
    );
  return html`<table class="grid"><caption>Mean and standard deviation</caption><thead><tr><th></th>${measures.map(({ label }) => html`<th scope="col">${label}</th>`)}<th scope="col">seeds</th></tr></thead>
<tbody>${base}${rows.map((row) =>
    line(
      row.name,
      measures.map(({ name }) => {
        const of = row.figures[name];
        return of ? figure(of) : "\u2013";
      }),
      String(seeds(row)),
    ),
  )}</tbody></table>`;
}

/** Every single figure of the first measure: three numbers say more than their mean. */
function seedsTable(section: ViewsSection, [measure]: readonly ViewsMeasure[]): Html {
  const { cells } = section;
  if (!measure || cells.length === 0) return html``;
  const seeds = [...new Set(cells.map(({ seed }) => seed))].sort((a, b) => a - b);
  const of = (row: ViewsRow, seed: number): string => {
    const value = cells.find((cell) => cell.views === row.views && cell.graph === row.graph && cell.seed === seed)?.figures[measure.name];
    return value === undefined ? "\u2013" : percent(value);
  };
  return html`<table class="grid"><caption>Seed by seed: ${measure.label}</caption><thead><tr><th></th>${seeds.map((seed) => html`<th scope="col">${seed}</th>`)}</tr></thead>
<tbody>${viewsRows(section).map((row) => html`<tr><th scope="row">${row.name}</th>${seeds.map((seed) => html`<td>${of(row, seed)}</td>`)}</tr>`)}</tbody></table>`;
}

import { type Html, html, type Part } from "../report/html.ts";
import { htmlPage } from "../report/html_page.ts";
import { configTable } from "../report/sections.ts";

export interface ExperimentTable {
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell names the row. */
  readonly rows: readonly (readonly string[])[];
}

/** What the page of an experiment shows: everything is data, nothing is read from disk. */
export interface ExperimentPage {
  readonly title: string;
  /** The question and how it was asked. */
  readonly lead: Part;
  readonly charts: readonly Html[];
  readonly tables: readonly ExperimentTable[];
  /** Everything that a set of trainings depends on, side by side. */
  readonly settings: readonly object[];
  /** What a reader has to know before trusting the figures. */
  readonly notes?: readonly Part[];
}

/** A self-contained HTML page: a question, curves, tables. */
export function experimentPage({ title, lead, charts, tables, settings, notes = [] }: ExperimentPage): string {
  return htmlPage(
    `experiment: ${title}`,
    html`<h1>${title}</h1><p class="lead">${lead}</p>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<h2>Curves</h2><div class="pair">${charts}</div>
<h2>Figures</h2>${tables.map(tableOf)}
<h2>What was run</h2><div class="tables">${settings.map((set) => html`<div>${configTable(set)}</div>`)}</div>`,
  );
}

function tableOf({ caption, head, rows }: ExperimentTable): Html {
  return html`<div class="wide"><table class="grid"><caption>${caption}</caption><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map(([name = "", ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table></div>`;
}

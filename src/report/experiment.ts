import { type Html, html, type Part } from "./html.ts";
import { htmlPage } from "./html_page.ts";

export interface ExperimentTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What the page of an experiment shows: everything is data, nothing is read from disk. */
export interface ExperimentPage {
  readonly title: string;
  /** The question and how it was asked. */
  readonly lead: Part;
  readonly charts: readonly Html[];
  readonly tables: readonly ExperimentTable[];
  /** What a reader has to know before trusting the figures. */
  readonly notes?: readonly Part[];
}

/** A self-contained HTML page: a question, curves, tables. */
export function renderExperiment({ title, lead, charts, tables, notes = [] }: ExperimentPage): string {
  const body = html`<h1>${title}</h1><p class="lead">${lead}</p>
${notes.length > 0 && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<h2>Curves</h2><div class="pair">${charts}</div>
<h2>Figures</h2>${tables.map(tableOf)}`;
  return htmlPage(`experiment: ${title}`, body);
}

function tableOf({ caption, head, rows }: ExperimentTable): Html {
  return html`<table><caption>${caption}</caption><thead><tr>${head.map((cell) => html`<td>${cell}</td>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}

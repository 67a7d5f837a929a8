import type { TrainEvent } from "../train/events.ts";
import type { Picture } from "../train/picture.ts";
import { featureMap, knnChart, lossChart, neighbourGallery, spreadCharts } from "./charts.ts";
import { methodName } from "./format.ts";
import { html } from "./html.ts";
import { htmlPage } from "./html_page.ts";
import { summarise } from "./run_summary.ts";
import {
  acrossViews,
  configTable,
  facts,
  goOn,
  headline,
  measureTable,
  memoryTable,
  type NextStep,
  nextSteps,
  notes,
  runTable,
} from "./sections.ts";

/** What a report is made of. Everything is data: nothing is read from disk or from a device. */
export interface ReportInput {
  /** The resolved configuration, versions included: any JSON object. */
  readonly config: object;
  /** Every line of the run's log; the sessions of a resumed run one after the other. */
  readonly events: Iterable<TrainEvent>;
  /** Of the last evaluation; null when there was none. */
  readonly picture: Picture | null;
  /** Where the run is kept, as the user would type it: for the commands that go on. */
  readonly folder: string;
  /** Commands that go on. Default: resume, evaluate, verify. */
  readonly next?: readonly NextStep[];
}

/** A self-contained HTML page about a run: what it reached, how it learned, what it sees as similar, and how to go on. */
export function renderReport(input: ReportInput): string {
  const run = summarise(input.events);
  const { picture } = input;
  const data = run.start?.data ?? "the data";
  const title = `${methodName(run.start?.objective ?? "nearfar")} on ${data}`;
  const labelled = run.start === undefined || run.start.baseline !== undefined;
  const steps = input.next ?? nextSteps(input.folder, data, run.start?.epochs ?? 10, run.start?.unit, labelled);
  const body = html`${headline(run)}${facts(run)}${notes(run)}
<h2>How it learned</h2><div class="pair">${lossChart(run)}${knnChart(run)}</div>
${run.evaluations.length > 0 && html`<div class="trio">${spreadCharts(run)}</div>`}
${acrossViews(run)}${measureTable(run)}
${picture && html`<h2>What it sees</h2><div class="sees">${featureMap(picture, run)}${picture.gallery.length > 0 && neighbourGallery(picture)}</div>`}
<h2>How to go on</h2>${goOn(steps)}
<h2>What was run</h2><div class="tables"><div>${runTable(run)}${memoryTable(run)}</div><div>${configTable(input.config)}</div></div>`;
  return htmlPage(title, body);
}

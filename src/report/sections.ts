import type { CrossViewRetrieval } from "../evaluate/cross_view.ts";
import type { Spread } from "../evaluate/meters.ts";
import { type Baseline, type PredictionSpread, wordsOf } from "../train/events.ts";
import { measureRows } from "../train/measure_rows.ts";
import { bytes, count, duration, methodName, percent, short } from "./format.ts";
import { type Html, html } from "./html.ts";
import type { RunSummary } from "./run_summary.ts";

/** The result in one line and one paragraph, with the two baselines as bars beside it. */
export function headline(run: RunSummary): Html {
  const knn = run.done?.knn ?? run.evaluations.at(-1)?.knn ?? null;
  const baseline = run.done?.baseline ?? run.start?.baseline ?? null;
  const method = methodName(run.start?.objective ?? run.done?.objective ?? "This run");
  const views = run.done?.views ?? run.evaluations.at(-1)?.views;
  if (views?.match) return acrossHeadline(run, method, views.names, views.match);
  if (knn === null || baseline === null) return withoutLabels(run, method);
  const { pixels, plain = "raw pixels" } = baseline;
  const { samples } = wordsOf(run.start);
  const verdict =
    knn > pixels
      ? html`Comparing ${plain} manages ${percent(pixels)}: the encoder makes <b>${percent(1 - (1 - knn) / (1 - pixels), 0)} fewer mistakes</b>.`
      : html`<b>That is not yet better than comparing ${plain}</b> (${percent(pixels)}).`;
  return html`<h1>${method} recognises ${percent(knn)} of ${samples} it never saw</h1>
<p class="lead">It learned from ${trainingImages(run)} without a single label: one that was held out counts as recognised when its nearest training ${samples}, voting with their labels, name its class. ${verdict}</p>
${bars(knn, baseline)}`;
}

/** The result of several views: how well one finds another. */
function acrossHeadline(run: RunSummary, method: string, names: readonly string[], { mean, chance }: CrossViewRetrieval): Html {
  const before = (run.done?.baseline ?? run.start?.baseline)?.match;
  const held = run.start ? `${count(run.start.images.test)} held-out ones` : "held-out ones";
  const told = `Recall@1 across views: this run ${percent(mean[0] ?? 0)}`;
  return html`<h1>${method} finds the same thing in another view ${percent(mean[0] ?? 0)} of the time</h1>
<p class="lead">It learned from ${run.start ? count(run.start.images.train) : "the"} samples seen in ${names.length} ways (${names.join(", ")}) without a single label. One view of a sample counts as finding another when, among ${held}, the most similar one is the same sample: mean over all ordered pairs of views.</p>
<div class="bars" role="img" aria-label="${told}">${bar("This run", mean[0] ?? 0, true)}${typeof before?.pixels === "number" && bar("Raw pixels", before.pixels)}${before && bar("Untrained encoder", before.untrained)}${bar("Chance", chance[0] ?? 0)}</div>`;
}

/** kNN accuracy of this run between its two baselines; `knn` null while it is not known. */
export function bars(knn: number | null, { pixels, untrained, plain = "raw pixels" }: Baseline): Html {
  const told = `kNN accuracy: this run ${knn === null ? "not yet known" : percent(knn)}, ${plain} ${percent(pixels)}, untrained encoder ${percent(untrained)}`;
  return html`<div class="bars" role="img" aria-label="${told}">${bar("This run", knn, true)}${bar(plain.charAt(0).toUpperCase() + plain.slice(1), pixels)}${bar("Untrained encoder", untrained)}</div>`;
}

/** How several views of a sample find each other: Recall@1 of every ordered pair, and what each view is worth. Nothing for one view. */
export function acrossViews(run: RunSummary): Html {
  const views = run.done?.views ?? run.evaluations.at(-1)?.views;
  if (!views) return html``;
  const { names, knn, knnAll, match } = views;
  const own = knn && [
    ...names.map((name, v) => [name, percent(knn[v] ?? 0)] as const),
    ["all side by side", percent(knnAll ?? 0)] as const,
  ];
  return html`<h2>Across views</h2><div class="tables"><div>${match && pairsTable(names, match)}</div><div>${own && table("kNN accuracy by view", own)}${match && matchTable(run, match)}</div></div>`;
}

function pairsTable(names: readonly string[], { pairs }: CrossViewRetrieval): Html {
  const cell = (from: string, to: string): string => {
    const recall = pairs.find((pair) => pair.from === from && pair.to === to)?.recalls[0];
    return recall === undefined ? "\u2013" : percent(recall);
  };
  const head = html`<tr><th scope="col">from \\ to</th>${names.map((to) => html`<th scope="col">${to}</th>`)}</tr>`;
  return html`<table class="grid"><caption>Recall@1: one view of a held-out sample finds another view of it</caption><thead>${head}</thead><tbody>${names.map(
    (from) => html`<tr><th scope="row">${from}</th>${names.map((to) => html`<td>${cell(from, to)}</td>`)}</tr>`,
  )}</tbody></table>`;
}

function matchTable(run: RunSummary, { ks, mean, chance }: CrossViewRetrieval): Html {
  const before = (run.done?.baseline ?? run.start?.baseline)?.match;
  return table("Mean over all ordered pairs", [
    ...ks.map((k, i) => [`Recall@${k}`, html`${percent(mean[i] ?? 0)} <small>chance ${percent(chance[i] ?? 0)}</small>`] as const),
    ...(before ? [["Recall@1 before training", percent(before.untrained)] as const] : []),
    ...(typeof before?.pixels === "number"
      ? [["Recall@1 of raw pixels", html`${percent(before.pixels)} <small>each image\u2019s mean removed</small>`] as const]
      : []),
  ]);
}

/** Steps, time, speed and adapter. */
export function facts(run: RunSummary): Html {
  const { start, sessions, time } = run;
  const told = time.sessions === sessions ? `${sessions} sessions` : `${time.sessions} of ${sessions} sessions`;
  return html`<dl class="facts">
<div><dt>Steps</dt><dd>${count(run.stepsDone)}<small>${start && `${Number((run.stepsDone / Math.max(1, start.stepsPerEpoch)).toFixed(1))} of ${start.epochs} epochs`}</small></dd></div>
${time.sessions > 0 && html`<div><dt>Time</dt><dd>${duration(time.seconds)}<small>${sessions > 1 && `${told}, `}evaluations included</small></dd></div>`}
${run.imagesPerSecond !== undefined && html`<div><dt>Speed</dt><dd>${count(run.imagesPerSecond)}<small>${wordsOf(start).speed} a second, median</small></dd></div>`}
${start && html`<div><dt>GPU memory</dt><dd>${bytes(start.memory.total)}<small>${start.launches} kernel launches a step</small></dd></div>`}
${start && html`<div class="wide"><dt>Adapter</dt><dd><small>${start.adapter}</small>${start.software && html`<span class="badge">software adapter</span>`}</dd></div>`}
</dl>`;
}

/** What a reader has to know before trusting the figures: the run's warnings, and what the figures themselves say. */
export function notes(run: RunSummary): Html {
  const items = run.warnings.map(({ step, message }) => html`<b>Step ${count(step)}.</b> ${message}`);
  if (run.start && !run.done) {
    items.unshift(
      html`<b>Not finished.</b> The log ends after ${count(run.stepsDone)} of ${count(run.start.steps)} steps; the figures are those of the last evaluation.`,
    );
  }
  if (run.start?.software) {
    items.push(
      html`<b>Software adapter.</b> This run was computed on the CPU. Its results are right, but its times say nothing about a GPU.`,
    );
  }
  return items.length === 0 ? html`` : html`<ul class="notes">${items.map((item) => html`<li>${item}</li>`)}</ul>`;
}

/** Memory by purpose and the largest pieces. */
export function memoryTable(run: RunSummary): Html {
  const memory = run.start?.memory;
  if (!memory) return html``;
  const rows = Object.entries(memory.bytes).map(([purpose, size]) => [purpose, bytes(size)] as const);
  return table("GPU memory", [...rows, ["in all", bytes(memory.total)]]);
}

/** Measures beside the kNN accuracy: a row for each, with what guessing, the baselines and the features of this run give. */
export function measureTable(run: RunSummary): Html {
  const own = run.done?.measures ?? run.evaluations.findLast(({ measures }) => measures)?.measures;
  if (!own) return html``;
  const { kinds, rows } = measureRows([...(run.start?.baseline?.measures ?? []), ...own]);
  return html`<h2>What can be read off it</h2><div class="wide"><table class="grid"><thead><tr><th></th><th>guessing</th>${kinds.map((kind) => html`<th>${kind}</th>`)}</tr></thead>
<tbody>${rows.map(({ name, chance, values }) => html`<tr><th scope="row">${name}</th><td>${percent(chance)}</td>${values.map((value) => html`<td>${value === undefined ? "" : percent(value)}</td>`)}</tr>`)}</tbody></table></div>`;
}

/** Dates, counts and the adapter, as a table. */
export function runTable(run: RunSummary): Html {
  const { start, done } = run;
  const last = run.evaluations.at(-1);
  const { samples } = wordsOf(start);
  const rows: (readonly [string, string | undefined])[] = [
    ["data", start?.data],
    [`training ${samples}`, start && count(start.images.train)],
    [`held-out ${samples}`, start && count(start.images.test)],
    ["adapter", start && `${start.adapter}${start.software ? " \u2013 a software adapter, on the CPU" : ""}`],
    ["sessions", run.sessions > 1 ? `${run.sessions} (resumed ${run.sessions - 1} times)` : undefined],
    ["steps", `${count(run.stepsDone)}${start ? ` of ${count(start.steps)}` : ""}`],
    ["seconds of the last session", done?.seconds.toFixed(1)],
    ["last loss", run.steps.length > 0 ? short(run.steps.at(-1)?.loss ?? Number.NaN) : undefined],
    ["mean pairwise cosine", last && short(last.meanCosine)],
    ["effective rank", last && short(last.effectiveRank)],
    ...(last?.spread ? spreadRows(last.spread) : []),
    ["uniformity", last && short(last.uniformity)],
    ["alignment", last?.alignment === undefined ? undefined : short(last.alignment)],
    ["checkpoint", done?.checkpoint],
  ];
  return table(
    "This run",
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

/** What single latents and contexts use of their room. */
function spreadRows({ latents, contexts }: PredictionSpread): (readonly [string, string])[] {
  const of = ({ rank, dead, dim }: Spread) => `effective rank ${short(rank)} of ${dim}, ${count(dead)} constant`;
  return [
    ["latents z", of(latents)],
    ["contexts c", of(contexts)],
  ];
}

/** Every leaf of the configuration, nested names joined by dots. */
export function configTable(config: object): Html {
  return table("Configuration", leaves(config, ""));
}

/** A command to copy and what it is for. */
export interface NextStep {
  readonly what: string;
  readonly command: string;
}

/** The commands that continue and evaluate a run kept in `folder`. @param labelled whether there is anything to measure features by */
export function nextSteps(folder: string, data: string, epochs: number, unit?: string, labelled = true): NextStep[] {
  const path = /^[\w./@%+,:=-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;
  const nearfar = "npm run -s nearfar --";
  return [
    { what: "Train on from the checkpoint, for twice as many epochs", command: `${nearfar} train --resume ${path} --epochs ${2 * epochs}` },
    { what: "Measure the checkpoint again", command: `${nearfar} evaluate ${path} --data ${data}` },
    ...(labelled ? [{ what: "Train a linear classifier on its features", command: `${nearfar} probe ${path}` }] : []),
    ...(labelled && unit === undefined
      ? [{ what: "Measure how images find others of their class", command: `${nearfar} retrieve ${path}` }]
      : []),
    { what: "Check that this machine\u2019s GPU computes correctly", command: `${nearfar} verify` },
  ];
}

/** The next steps as a list. */
export function goOn(steps: readonly NextStep[]): Html {
  return html`<dl class="go">${steps.map(({ what, command }) => html`<dt>${what}</dt><dd><code>${command}</code></dd>`)}</dl>`;
}

function withoutLabels(run: RunSummary, method: string): Html {
  const [first, last] = [run.steps[0]?.loss, run.steps.at(-1)?.loss];
  const course = first !== undefined && last !== undefined && html` The loss went from ${short(first)} to ${short(last)}.`;
  const why = run.evaluations.length === 0 ? "It was not evaluated yet." : "The data has no labels, so there is no accuracy to report.";
  return html`<h1>${method}, ${count(run.stepsDone)} steps on ${run.start?.data ?? "the data"}</h1><p class="lead">It learns from ${trainingImages(run)}. ${why}${course}</p>`;
}

function trainingImages(run: RunSummary): string {
  const { samples } = wordsOf(run.start);
  return run.start ? `${count(run.start.images.train)} ${samples}` : samples;
}

function bar(name: string, share: number | null, own = false): Html {
  const value = share === null ? "\u2013" : percent(share);
  return html`<div class="${own ? "bar us" : "bar"}"><span>${name}</span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${(100 * (share ?? 0)).toFixed(2)}" height="10"/></svg><span class="value">${value}</span></div>`;
}

function table(caption: string, rows: readonly (readonly [string, string | Html])[]): Html {
  return html`<table><caption>${caption}</caption><tbody>${rows.map(([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>`)}</tbody></table>`;
}

function leaves(value: object, prefix: string): (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, entry]: [string, unknown]) => {
    const name = prefix === "" ? key : `${prefix}.${key}`;
    if (entry === undefined) return [];
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return [[name, plain(entry)] as const];
    return leaves(entry, name);
  });
}

function plain(value: unknown): string {
  if (Array.isArray(value)) return value.map(plain).join(", ");
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}

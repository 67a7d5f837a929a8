import { featureMap, knnChart, lossChart, neighbourGallery, spreadCharts, timeLeft } from "../report/charts.ts";
import { count, duration, percent, short } from "../report/format.ts";
import { type Html, html } from "../report/html.ts";
import { type RunSummary, summarise } from "../report/run_summary.ts";
import { acrossViews, bars } from "../report/sections.ts";
import { wordsOf } from "../train/events.ts";
import type { Picture } from "../train/picture.ts";
import type { PageState } from "./state.ts";
import { TASKS } from "./tasks.ts";

/** Markup of every part of the page that changes, by the id of its element. */
export interface View {
  readonly notice: Html;
  readonly progress: Html;
  readonly result: Html;
  readonly loss: Html;
  readonly knn: Html;
  readonly spread: Html;
  readonly map: Html;
  readonly gallery: Html;
}

const PLANNED = { planned: true };

/** The page as a function of its state. */
export function view(state: PageState): View {
  const run = summarise(state.events);
  return {
    notice: notice(state),
    progress: progress(state, run),
    result: result(run),
    loss: lossChart(run, PLANNED),
    knn: knnChart(run, PLANNED),
    spread: html`${spreadCharts(run, PLANNED)}`,
    ...pictures(state.picture, run),
  };
}

/** Figures that come with each evaluation; before the first one, what will be there. */
function pictures(picture: Picture | undefined, run: RunSummary): Pick<View, "map" | "gallery"> {
  if (picture) {
    const when = picture.step === 0 ? "before training" : `after ${count(picture.step)} steps`;
    return { map: featureMap(picture, run, when), gallery: picture.gallery.length > 0 ? neighbourGallery(picture, when) : html`` };
  }
  const wait = run.start ? "Drawn at the first evaluation." : "Appears when training starts.";
  const blank = (title: string) =>
    html`<figure class="chart blank"><figcaption><strong>${title}</strong><span>${wait}</span></figcaption></figure>`;
  return { map: blank("Map of held-out images"), gallery: blank("Nearest neighbours") };
}

/** What stands between the visitor and a run, in words. */
function notice({ stage, message, adapter, checkpoint, events }: PageState): Html {
  const items: Html[] = [];
  if (stage === "unavailable") items.push(html`<b>This browser cannot train here.</b> ${message}`);
  if (stage === "failed") items.push(html`<b>Training stopped.</b> ${message}`);
  if (stage === "lost") {
    const kept = checkpoint
      ? `Nothing up to step ${count(checkpoint.step)} is lost: go on from there, or download the checkpoint.`
      : "No checkpoint was made yet: start again.";
    items.push(html`<b>The GPU went away.</b> ${message} ${kept} If no GPU answers any more, reload the page.`);
  }
  if (adapter?.software && stage !== "unavailable") {
    items.push(
      html`<b>Software adapter.</b> WebGPU runs on the CPU here (${adapter.name}): the results are right, but training takes minutes instead of seconds.`,
    );
  }
  for (const text of new Set(events.flatMap((event) => (event.event === "warning" ? [event.message] : [])))) {
    items.push(html`<b>Warning.</b> ${text}`);
  }
  return html`${items.map((item) => html`<li>${item}</li>`)}`;
}

function progress(state: PageState, run: RunSummary): Html {
  const { start } = run;
  const adapter = state.adapter && html`<span>${state.adapter.name}</span>`;
  if (!start || state.stage === "loading") return html`<p>${state.message !== "" && html`<span>${state.message}</span>`}${adapter}</p>`;
  const epoch = Math.min(start.epochs, Math.floor(run.stepsDone / start.stepsPerEpoch) + 1);
  const speed = run.imagesPerSecond;
  const parts = [
    `step ${count(run.stepsDone)} of ${count(start.steps)}`,
    `epoch ${epoch} of ${start.epochs}`,
    speed && `${count(speed)} ${wordsOf(start).speed}/s`,
    state.stage === "training" && timeLeft(run) && `about ${timeLeft(run)} left`,
    state.stage === "paused" && "paused",
    run.done && `done in ${duration(run.done.seconds)}`,
  ];
  return html`<progress max="${start.steps}" value="${run.stepsDone}">${percent(run.stepsDone / start.steps, 0)}</progress>
<p>${parts.flatMap((part) => (typeof part === "string" ? [html`<span>${part}</span>`] : []))}${adapter}</p>`;
}

/** What the page calls the samples of a run: those of the task with its data. */
function samplesOf({ start }: RunSummary): string {
  return Object.values(TASKS).find(({ options }) => options.data.name === start?.data)?.samples ?? TASKS.digits.samples;
}

function result(run: RunSummary): Html {
  const baseline = run.start?.baseline;
  if (!baseline) return html``;
  const last = run.evaluations.findLast(({ step, knn }) => step > 0 && knn !== null);
  const loss = run.steps.at(-1)?.loss;
  const told =
    last?.knn === undefined || last.knn === null
      ? html`Until the first epoch is over, only the baselines are known${loss !== undefined && html`; the loss is ${short(loss)}`}.`
      : html`Without a single label it now recognises <b>${percent(last.knn)}</b> of held-out ${samplesOf(run)} by their neighbours.`;
  return html`${bars(last?.knn ?? null, baseline)}<p class="told">${told}</p>${acrossViews(run)}`;
}

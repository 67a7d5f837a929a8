import { percent } from "../report/format.ts";
import { type Html, html } from "../report/html.ts";
import { type ErrorBar, type Line, lineChart } from "../report/line_chart.ts";
import type { Measure } from "../train/events.ts";
import { type ExperimentTable, experimentPage } from "./page.ts";
import type { SpeechPlan, SpeechStudy } from "./speech_plan.ts";
import type { SpeechResult } from "./speech_run.ts";
import { type Summary, summary } from "./statistics.ts";
import { figure } from "./views_report.ts";

/** What `negatives.json` and `steps.json` hold. Whatever is in it was measured: it grows cell by cell. */
export interface SpeechResults {
  readonly experiment: SpeechStudy;
  /** Version that wrote it. */
  readonly nearfar: string;
  readonly plan: SpeechPlan;
  readonly clips: { readonly train: number; readonly test: number } | null;
  /** Of features that have learned nothing. */
  readonly reference: readonly Measure[];
  readonly cells: readonly SpeechResult[];
}

const TITLES: { readonly [S in SpeechStudy]: string } = {
  negatives: "What negatives teach about speech",
  steps: "How far ahead to predict speech",
};
const LEADS: { readonly [S in SpeechStudy]: string } = {
  negatives:
    "Contrastive predictive coding learns from clips of speech with negatives from five places, the rows of the paper\u2019s table 2: all windows of a " +
    "batch of mixed speakers, of a batch of one speaker, the same two without the sequence that is predicted, and that sequence alone. Batches of " +
    "one speaker hold other windows than mixed ones; all else is the same.",
  steps:
    "Contrastive predictive coding learns from clips of speech to tell the latents of the next 1 to n steps from others, 20 ms each at 8 kHz: one " +
    "training for each n. The more steps, the more the context must know of what lasts.",
};
/** What a figure of each kind of features is called. */
const KINDS = ["mean context", "mean latents"] as const;

/** A self-contained HTML page: curves with error bars, the figures, what was run. */
export function renderSpeech(results: SpeechResults, again: string): string {
  const { experiment, plan, clips, cells } = results;
  const adapters = [...new Set(cells.map(({ adapter }) => adapter))].join("; ");
  const { seed: _, evaluate: __, checkpointEvery: ___, ...train } = plan.train;
  return experimentPage({
    title: TITLES[experiment],
    lead: LEADS[experiment],
    charts: [aheadChart(results), ...measureNames(results).map((name) => measureChart(results, name))],
    tables: [speechFigures(results), ...KINDS.map((kind) => measureFigures(results, kind))],
    settings: [train, Object.fromEntries(Object.entries(plan.variants).map(([name, options]) => [name, JSON.stringify(options)]))],
    notes: [
      html`${clips ? `${clips.train} clips to learn from, ${clips.test} held out. ` : ""}Error bars and \u00b1: one standard deviation over seeds. Computed on ${adapters || "nothing yet"}.`,
      html`Probes are linear, on what a clip\u2019s frames are on average; of two voices that share a speaker or a language, speech is the same and only that differs. <i>prompt @k</i>: a prompt by one speaker is looked for among all by another of the same language.`,
      html`Finish it, or add seeds: <code>${again}</code>. What is there is not run again.`,
    ],
  });
}

/** Names of what was measured, in their order. */
export const measureNames = ({ reference, cells }: SpeechResults): string[] => [
  ...new Set([...reference, ...cells.flatMap(({ measures }) => measures)].map(({ name }) => name)),
];

/** A row for each variant: how well it predicts. */
export function speechFigures({ plan, cells }: SpeechResults): ExperimentTable {
  const rows = Object.keys(plan.variants).flatMap((variant) => {
    const own = cells.filter((cell) => cell.variant === variant);
    if (own.length === 0) return [];
    const of = (value: (cell: SpeechResult) => number) => summary(own.map(value));
    const { mean, deviation } = of(({ bound }) => bound);
    const nats = `${mean.toFixed(2)}${deviation === null ? "" : ` \u00b1 ${deviation.toFixed(2)}`}`;
    const first = shareText(of(({ ahead }) => ahead[0] ?? Number.NaN));
    return [[variant, first, shareText(of(({ accuracy }) => accuracy)), nats, String(own.length)]];
  });
  return {
    caption: "Predictions told from all their negatives, end of training",
    head: ["", "next step", "all steps", "bound, nats", "seeds"],
    rows,
  };
}

/** A row for each variant and for what has learned nothing: what can be read off the features of a kind. */
export function measureFigures(results: SpeechResults, kind: string): ExperimentTable {
  const { plan, reference, cells } = results;
  const names = measureNames(results);
  const row = (title: string, values: (name: string) => readonly number[]) => [
    title,
    ...names.map((name) => shareText(summary(values(name)))),
  ];
  const chance = (name: string) => [...reference, ...cells.flatMap(({ measures }) => measures)].find((m) => m.name === name)?.chance;
  const references = ["mean log-mel", `untrained, ${kind}`].map((of) => row(of, (name) => valuesOf([{ measures: reference }], name, of)));
  const variants = Object.keys(plan.variants).flatMap((variant) => {
    const own = cells.filter((cell) => cell.variant === variant);
    return own.length > 0 ? [row(variant, (name) => valuesOf(own, name, kind))] : [];
  });
  const rows = [row("guessing", (name) => [chance(name) ?? Number.NaN]), ...references, ...variants];
  return { caption: `What can be read off the ${kind} of a clip`, head: ["", ...names], rows };
}

const valuesOf = (cells: readonly { readonly measures: readonly Measure[] }[], name: string, of: string): number[] =>
  cells.flatMap(({ measures }) => measures.find((measure) => measure.name === name && measure.of === of)?.value ?? []);

/** Nothing of no run. */
const shareText = (found: Summary): string => (found.n === 0 || !Number.isFinite(found.mean) ? "" : figure(found));

/** Accuracy by steps ahead, a curve for each variant; the one that predicts most, or is named last, is drawn strong. */
function aheadChart({ plan, cells }: SpeechResults): Html {
  const names = Object.keys(plan.variants);
  const lines = names.flatMap((variant, i): Line[] => {
    const own = cells.filter((cell) => cell.variant === variant);
    const steps = own[0]?.ahead.length ?? 0;
    if (steps === 0) return [];
    const by = Array.from({ length: steps }, (_, k) => summary(own.map(({ ahead }) => ahead[k] ?? Number.NaN)));
    const points = by.map(({ mean }, k) => [k + 1, mean] as const);
    return [{ name: variant, points, errors: errorsOf(by, (k) => k + 1), look: i === names.length - 1 ? "main" : "other", dots: true }];
  });
  return lineChart({
    title: "Accuracy by steps ahead",
    note: "Share of predictions whose target scores above every negative, in the last quarter of training.",
    x: { label: "steps ahead" },
    y: { label: "accuracy", format: (value) => percent(value, 0) },
    lines,
    describe: (x, y) => `${x} ahead: ${percent(y)}`,
    empty: "waits for the first training",
  });
}

/** A measure of mean contexts and mean latents against the variants. */
function measureChart({ plan, reference, cells }: SpeechResults, name: string): Html {
  const names = Object.keys(plan.variants);
  const place = (variant: string, i: number) => Number(plan.study === "steps" ? plan.variants[variant]?.steps : i + 1);
  const line = (kind: (typeof KINDS)[number]): Line => {
    const known = names.flatMap((variant, i) => {
      const found = summary(
        valuesOf(
          cells.filter((cell) => cell.variant === variant),
          name,
          kind,
        ),
      );
      return found.n > 0 ? [{ x: place(variant, i), ...found }] : [];
    });
    const points = known.map(({ x, mean }) => [x, mean] as const);
    return {
      name: kind,
      points,
      errors: errorsOf(known, (k) => known[k]?.x ?? 0),
      look: kind === "mean context" ? "main" : "other",
      dots: true,
    };
  };
  const levels = ["mean log-mel", "untrained, mean context"].flatMap((of) => {
    const [value] = valuesOf([{ measures: reference }], name, of);
    return value === undefined ? [] : [{ name: `${of.replace(", mean context", "")} ${percent(value)}`, value }];
  });
  return lineChart({
    title: name,
    note: plan.study === "steps" ? "" : names.map((variant, i) => `${i + 1} ${variant}`).join(", "),
    x: { label: plan.study === "steps" ? "steps predicted" : "negatives", count: names.length },
    y: { label: name, format: (value) => percent(value, value < 0.1 ? 1 : 0) },
    lines: [line("mean latents"), line("mean context")],
    references: levels,
    describe: (x, y) => `${x}: ${percent(y)}`,
    empty: "waits for the first training",
  });
}

const errorsOf = (values: readonly Summary[], x: (k: number) => number): ErrorBar[] =>
  values.flatMap(({ mean, deviation }, k) => (deviation === null ? [] : [{ x: x(k), low: mean - deviation, high: mean + deviation }]));

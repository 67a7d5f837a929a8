import type { CrossResult } from "../evaluate/cross_validate.ts";
import { count, percent } from "../report/format.ts";
import { html } from "../report/html.ts";
import { lineChart } from "../report/line_chart.ts";
import { type ExperimentTable, experimentPage } from "./page.ts";
import { spreadOf } from "./rl_study.ts";

/** Means over some steps of a training. */
export interface TextPoint {
  /** Steps so far. */
  readonly step: number;
  readonly figures: { readonly [name: string]: number };
}

/** What one set of texts gave, as far as the page shows it. */
export interface TextStudy {
  readonly name: string;
  readonly documents: number;
  readonly sentences: number;
  readonly vocabulary: number;
  readonly unknown: number;
  readonly classes: readonly string[];
  readonly config: object;
  /** Training steps, whatever epochs the config says. */
  readonly steps: number;
  readonly curve: readonly TextPoint[];
  /** Share of the largest class among labelled documents. */
  readonly majority: number;
  /** A figure for each kind of features. */
  readonly probes: { readonly [features: string]: CrossResult };
}

/** The page of `nearfar experiment text`. */
export function renderText(results: readonly TextStudy[], adapter: string): string {
  return experimentPage({
    title: "Does predicting the next sentence tell what a text is?",
    lead: html`A sentence encoder (word vectors, a convolution, the mean over words) and a GRU over sentences learn to tell the next three sentences of a text from others, without a label. Then a linear probe says how well a document\u2019s features tell its class, for documents that the probe has not seen; \u201cby speaker\u201d none of whose speaker\u2019s documents it has seen.`,
    charts: bySet(results).map((own) =>
      lineChart({
        title: own[0].name,
        note: "Nats that a context tells of the sentences to come, at least: the bound of InfoNCE.",
        x: { label: "steps" },
        y: { label: "nats" },
        lines: own.map(({ curve }, i) => ({
          name: i === 0 ? (curve.at(-1)?.figures.bound?.toFixed(2) ?? "") : "",
          points: curve.map((point) => [point.step, point.figures.bound ?? 0] as const),
          look: i === 0 ? "main" : "faint",
        })),
        describe: (x, y) => `step ${count(x)}: ${y.toFixed(2)} nats`,
        empty: "no steps",
      }),
    ),
    tables: [textFigures(results)],
    settings: bySet(results).map(([first]) => settings(first)),
    notes: [
      html`The vocabulary and the training without labels see all texts, the held-out ones among them; the probe does not. Computed on ${adapter}.`,
    ],
  });
}

/** Accuracies by kind of features: means over seeds. */
export function textFigures(results: readonly TextStudy[]): ExperimentTable {
  const sets = bySet(results);
  const kinds = [...new Set(results.flatMap(({ probes }) => Object.keys(probes)))];
  const each = (name: string, value: (own: (typeof sets)[number]) => string) => [name, ...sets.map(value)];
  const rows = [
    each("classes", ([{ classes }]) => classes.join(" / ")),
    each("documents", ([{ probes }]) => count(Object.values(probes)[0]?.rows ?? 0)),
    each("seeds", ({ length }) => String(length)),
    each("largest class", ([{ majority }]) => percent(majority)),
    ...kinds.map((kind) => each(kind, (own) => accuracyText(own.flatMap(({ probes }) => probes[kind]?.top1 ?? [])))),
  ];
  return { caption: "Linear probe, cross-validated", head: ["", ...sets.map(([{ name }]) => name)], rows };
}

/** Results of one set of texts, its seeds together. */
function bySet(results: readonly TextStudy[]): (readonly [TextStudy, ...TextStudy[]])[] {
  return [...new Set(results.map(({ name }) => name))].flatMap((name) => {
    const [first, ...others] = results.filter((result) => result.name === name);
    return first ? [[first, ...others] as const] : [];
  });
}

/** "71.4 %", or with several seeds "71.4 % ± 0.8". */
function accuracyText(shares: readonly number[]): string {
  if (shares.length === 0) return "";
  const { mean, deviation } = spreadOf(shares);
  return shares.length > 1 ? `${percent(mean)} \u00b1 ${(100 * deviation).toFixed(1)}` : percent(mean);
}

function settings({ name, documents, sentences, vocabulary, unknown, config, steps }: TextStudy): object {
  const { epochs: _, ...training } = config as { readonly epochs?: number };
  return { texts: name, documents, sentences, vocabulary, "unknown words": percent(unknown), steps, training };
}

import { wordsOf } from "../train/events.ts";
import type { Picture } from "../train/picture.ts";
import { count, duration, percent, short } from "./format.ts";
import { agreement, gallery } from "./gallery.ts";
import { type Html, html } from "./html.ts";
import { lineChart } from "./line_chart.ts";
import type { RunSummary } from "./run_summary.ts";
import { scatter } from "./scatter.ts";
import { type Point, smooth, thin } from "./series.ts";

/** How charts of a running session leave room for what is to come. */
export interface ChartOptions {
  /** The x axis reaches to the planned end. */
  readonly planned?: boolean;
}

const BINS = 240;

/** Loss per step behind its moving average. The level is drawn when the curve comes near it. */
export function lossChart(run: RunSummary, options: ChartOptions = {}): Html {
  const level = chanceLevel(run);
  const points = thin(
    run.steps.map(({ step, loss }) => [epochs(run, step + 1), loss] as const),
    BINS,
  );
  const mean = smooth(points, Math.max(1, Math.round(points.length / 40)));
  const last = mean.at(-1);
  const high = Math.max(...points.map(([, y]) => y));
  const shown = level && (points.length === 0 || (level.value < 1.6 * high && level.value > 0.5 * high)) ? level : undefined;
  return lineChart({
    title: "Loss",
    note: level
      ? html`At ${level.name} = ${short(level.value)} the encoder tells no ${wordsOf(run.start).told} from another. Lower is better.`
      : "Per step, behind its moving average. Lower is better.",
    x: { label: "epoch", ...planned(run, options) },
    y: { label: "loss (nats)" },
    lines: [
      { name: "", points, look: "faint" },
      { name: last ? short(last[1]) : "", points: mean, look: "main" },
    ],
    references: shown ? [{ name: shown.name, value: shown.value }] : [],
    describe: (x, y) => `epoch ${x.toFixed(2)}: loss ${short(y)}`,
    empty: "waits for the first step",
  });
}

/** Where the loss lies when the encoder tells nothing apart: the logarithm of the number of candidates. */
function chanceLevel({ start }: RunSummary): { value: number; name: string } | undefined {
  if (start?.chance === undefined) return undefined;
  return { value: start.chance, name: `ln ${count(Math.round(Math.exp(start.chance)))}` };
}

/** kNN accuracy on held-out images between its two baselines. */
export function knnChart(run: RunSummary, options: ChartOptions = {}): Html {
  const points = run.evaluations.flatMap(({ step, knn }) => (knn === null ? [] : [[epochs(run, step), knn] as const]));
  const last = points.at(-1);
  const baseline = run.start?.baseline;
  return lineChart({
    title: `Held-out ${wordsOf(run.start).samples} recognised by their neighbours`,
    note: "Weighted k-nearest-neighbour accuracy. Labels are used here only, never in training.",
    x: { label: "epoch", ...planned(run, options) },
    y: { label: "kNN accuracy", format: (value) => percent(value, 0) },
    lines: [{ name: last ? `this run ${percent(last[1])}` : "", points, look: "main", dots: true }],
    references: baseline
      ? [
          { name: `${baseline.plain ?? "pixels"} ${percent(baseline.pixels)}`, value: baseline.pixels },
          { name: `untrained ${percent(baseline.untrained)}`, value: baseline.untrained },
        ]
      : [],
    describe: (x, y) => `epoch ${x.toFixed(2)}: ${percent(y)}`,
    empty: "waits for the first evaluation",
  });
}

/** Small charts of how the features are spread: collapse shows here first. Alignment is left out for a log that lacks it. */
export function spreadCharts(run: RunSummary, options: ChartOptions = {}): Html[] {
  const old = run.evaluations.length > 0 && run.evaluations.every((e) => e.alignment === undefined);
  const predicts = run.evaluations.some((e) => e.spread);
  // Three share a row, more stand in two columns, where text of one size needs wider units (style.ts).
  const size = old && !predicts ? { width: 340, height: 210 } : { width: 480, height: 230 };
  const chart = (
    title: string,
    note: string,
    label: string,
    value: (e: RunSummary["evaluations"][number]) => number | undefined,
    domain?: [number, number],
  ) => {
    const points = run.evaluations.flatMap((e): Point[] => {
      const y = value(e);
      return y === undefined ? [] : [[epochs(run, e.step), y]];
    });
    const last = points.at(-1);
    return lineChart({
      title,
      note,
      x: { label: "epoch", count: 4, ...planned(run, options) },
      y: { label, count: 4, ...(domain && { domain }) },
      lines: [{ name: last ? short(last[1]) : "", points, look: "main", dots: true }],
      describe: (x, y) => `epoch ${x.toFixed(2)}: ${short(y)}`,
      empty: "waits",
      ...size,
    });
  };
  const aligned = () => chart("Alignment", "Squared distance of two views of one image. Lower: better.", "distance", (e) => e.alignment);
  const predicted = () => [
    chart("Effective rank of z", "Directions that single latents use.", "dimensions", (e) => e.spread?.latents.rank),
    chart("Effective rank of c", "Directions that contexts use.", "dimensions", (e) => e.spread?.contexts.rank),
  ];
  return [
    chart(
      "Mean cosine",
      "Between pairs of features. Near 1: collapsed into one direction.",
      "cosine",
      (e) => e.meanCosine,
      cosineDomain(run),
    ),
    chart("Effective rank", "Directions that the features really use.", "dimensions", (e) => e.effectiveRank),
    ...(predicts ? predicted() : []),
    chart("Uniformity", "Lower: spread more evenly over the sphere.", "log potential", (e) => e.uniformity),
    ...(old ? [] : [aligned()]),
  ];
}

/** Test features in the plane of their two principal components. @param when goes into the title, for pictures that change */
export function featureMap(picture: Picture, run: RunSummary, when?: string): Html {
  const unit = run.start?.unit ?? "image";
  return scatter({
    title: `Map of held-out ${unit}s${when ? `, ${when}` : ""}`,
    note: html`Each dot is ${unit === "image" ? "an" : "a"} ${unit} that training never saw, placed by its features. This plane shows ${percent(picture.explained, 0)} of their variance: classes that overlap here may be apart in other directions.`,
    points: picture.map,
    labels: picture.labels,
    classes: picture.classes,
    x: "first principal component",
    y: "second",
  });
}

/** Queries with their neighbours, and how many of them are of the right class. */
export function neighbourGallery(picture: Picture, when?: string): Html {
  const { same, all } = agreement(picture);
  const found = all > 0 && html` ${same} of ${all} are of the query\u2019s class; the others are marked.`;
  return gallery(picture, {
    title: `Nearest neighbours${when ? `, ${when}` : ""}`,
    note: html`Left, a held-out image; then the training images that the encoder finds most similar, with their cosine.${found}`,
  });
}

/** Time from the first to the last step at the median speed, for progress lines. */
export function timeLeft(run: RunSummary): string | undefined {
  const { start, imagesPerSecond, stepsDone } = run;
  if (!start || !imagesPerSecond || start.stepsPerEpoch === 0) return undefined;
  const perStep = start.images.train / start.stepsPerEpoch / imagesPerSecond;
  return duration(Math.max(0, start.steps - stepsDone) * perStep);
}

function epochs(run: RunSummary, steps: number): number {
  return steps / Math.max(1, run.start?.stepsPerEpoch ?? 1);
}

function planned(run: RunSummary, { planned: wanted }: ChartOptions): { domain?: readonly [number, number] } {
  const end = wanted ? (run.start?.epochs ?? 1) : epochs(run, Math.max(1, run.stepsDone));
  return { domain: [0, end] };
}

function cosineDomain(run: RunSummary): [number, number] {
  return [Math.min(0, ...run.evaluations.map((e) => Math.floor(e.meanCosine * 5) / 5)), 1];
}

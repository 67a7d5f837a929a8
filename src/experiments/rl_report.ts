import { count } from "../report/format.ts";
import { type Html, html } from "../report/html.ts";
import { type Line, lineChart } from "../report/line_chart.ts";
import { type Point, smooth } from "../report/series.ts";
import { WORLDS } from "../rl/config.ts";
import { type ExperimentTable, experimentPage } from "./page.ts";
import { CONDITIONS, type Condition, type Spread, studyTable, type TrialResult } from "./rl_study.ts";

export const CONDITION_NAMES: { readonly [name in Condition]: string } = { plain: "A2C", cpc: "A2C + CPC" };

/** The page of `nearfar experiment rl`. */
export function renderStudy(results: readonly TrialResult[], adapter: string): string {
  const worlds = [...new Set(results.map(({ config }) => config.world))];
  const cut = results.filter(({ finished }) => !finished).length;
  return experimentPage({
    title: "Does predicting the future help an agent?",
    lead: html`An actor-critic with a GRU learns in grids of which it sees a 5 \u00d7 5 window. Beside it, contrastive predictive coding may train the same encoder and core to tell the latents of the next frames from others. Same settings, same seeds, reported as they are: one faint line a seed, their mean on top.`,
    charts: worlds.map((world) => curves(world, results)),
    tables: [studyFigures(results)],
    settings: worlds.map((world) => settings(world, results)),
    notes: [
      html`Computed on <b>${adapter}</b>. Another adapter rounds differently, and one other action makes another course: its curves will differ.`,
      ...(cut > 0
        ? [html`<b>Not finished:</b> ${cut} of ${results.length} runs. Their curves are drawn, and left out of the figures.`]
        : []),
    ],
  });
}

/** Learning curves of one world: every seed, and the mean of each condition. */
export function curves(world: string, results: readonly TrialResult[]): Html {
  const { about, best, forgetful } = WORLDS[world]?.() ?? { about: "", best: undefined, forgetful: undefined };
  const looks = { plain: ["other", "other-faint"], cpc: ["main", "faint"] } as const;
  const lines = CONDITIONS.flatMap((condition): Line[] => {
    const own = results.filter((r) => r.condition === condition && r.config.world === world);
    const whole = own.filter(({ finished }) => finished);
    const mean = meanCurve((whole.length > 0 ? whole : own).map(({ curve }) => smoothed(curve)));
    const [strong, faint] = looks[condition];
    return [
      ...own.map(({ curve }) => ({ name: "", points: smoothed(curve), look: faint })),
      { name: CONDITION_NAMES[condition], points: mean, look: strong },
    ];
  });
  return lineChart({
    title: world,
    note: `Return of an episode: ${about}.`,
    x: { label: "frames, thousands", domain: [0, Math.max(1, ...lines.flatMap(({ points }) => points.map(([x]) => x)))] },
    y: { label: "return", domain: [0, Math.max(1, best ?? 1)] },
    lines: lines.toSorted((a, b) => Number(a.name !== "") - Number(b.name !== "")),
    references: forgetful === undefined ? [] : [{ name: `no memory ${forgetful}`, value: forgetful }],
    describe: (x, y) => `${count(1000 * x)} frames: ${y.toFixed(2)}`,
    empty: "no episode has ended",
  });
}

function smoothed(curve: TrialResult["curve"]): Point[] {
  const points = curve.flatMap(({ frames, reward }): Point[] => (reward === null ? [] : [[frames / 1000, reward]]));
  return smooth(points, 1);
}

/** The mean at every place that all curves have a point at. */
function meanCurve(curves: readonly (readonly Point[])[]): Point[] {
  const [first = [], ...others] = curves.map((points) => new Map(points));
  return [...first].flatMap(([x, y]): Point[] => {
    const rest = others.map((points) => points.get(x));
    return rest.some((value) => value === undefined) ? [] : [[x, rest.reduce<number>((sum, v) => sum + (v ?? 0), y) / curves.length]];
  });
}

/** "0.93 ± 0.02" */
export const spreadText = ({ mean, deviation }: Spread, digits = 2): string =>
  `${mean.toFixed(digits)} \u00b1 ${deviation.toFixed(digits)}`;

/** The study's figures, means and standard deviations over seeds. */
export function studyFigures(results: readonly TrialResult[]): ExperimentTable {
  const rows = studyTable(results).map((row) => [
    ...[row.world, CONDITION_NAMES[row.condition], String(row.seeds), count(row.frames)],
    ...[spreadText(row.end), row.end.each.map((value) => value.toFixed(2)).join(" "), spreadText(row.whole), spreadText(row.length, 1)],
    row.bound ? spreadText(row.bound) : "",
  ]);
  const head = ["world", "", "seeds", "frames", "return, last fifth", "by seed", "return, all frames", "steps, last fifth", "bound, nats"];
  return { caption: "Mean return of an episode, \u00b1 standard deviation over seeds", head, rows };
}

/** Settings of one world's runs; the seed is in the figures. */
function settings(world: string, results: readonly TrialResult[]): object {
  const own = results.filter(({ config }) => config.world === world);
  const { seed: _, auxiliary: __, ...shared } = own[0]?.config ?? { seed: 0, auxiliary: null };
  return { ...shared, auxiliary: own.find(({ config }) => config.auxiliary)?.config.auxiliary ?? "none" };
}

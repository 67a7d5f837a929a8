import { type Axis, axes, baseLine, type Frame, frame, units } from "./frame.ts";
import { type Html, html, type Part } from "./html.ts";
import type { Point } from "./series.ts";
import { niceDomain } from "./ticks.ts";

export interface Line {
  /** Written at the right end of the line; empty for none. */
  readonly name: string;
  readonly points: readonly Point[];
  /**
   * `main`: strong; `faint`: what lies behind it, such as the values before smoothing; `other`: a second curve beside the main one, and
   * `other-faint` what lies behind that.
   */
  readonly look: "main" | "faint" | "other" | "other-faint";
  /** Mark every point. */
  readonly dots?: boolean;
  /** Error bars. */
  readonly errors?: readonly ErrorBar[];
}

/** A vertical bar from one value to another. */
export interface ErrorBar {
  readonly x: number;
  readonly low: number;
  readonly high: number;
}

/** A level to compare with, drawn as a dashed line. */
export interface Reference {
  readonly name: string;
  readonly value: number;
}

export interface LineChartOptions {
  readonly title: string;
  /** A sentence under the title: what a reader should look for. */
  readonly note?: Part;
  readonly x: Pick<Axis, "label"> & Partial<Axis>;
  readonly y: Pick<Axis, "label"> & Partial<Axis>;
  readonly lines: readonly Line[];
  readonly references?: readonly Reference[];
  /** Hover text of a point. */
  readonly describe?: (x: number, y: number) => string;
  /** Shown instead of lines while there are none. */
  readonly empty?: string;
  /** In the units of the viewBox: text is 12 of them high. Default 480 x 270. */
  readonly width?: number;
  readonly height?: number;
}

const LABEL_HEIGHT = 15;
const MAX_HITS = 60;
/** A line that ends this near to the right edge has its name in the column beside the chart. */
const AT_END = 8;

/** Curves over a common axis, labelled at their right end, with dashed reference levels. A `<figure>`. */
export function lineChart(options: LineChartOptions): Html {
  const { title, note, lines, references = [], width = 480, height = 270 } = options;
  const drawn = lines.map((line) => ({ ...line, points: line.points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y)) }));
  const points = drawn.flatMap((line) => line.points);
  const x = axis(options.x, 6, () => points.map(([at]) => at));
  const ends = lines.flatMap(({ errors = [] }) => errors.flatMap(({ low, high }) => [low, high]));
  const y = axis(options.y, 5, () => [...points.map(([, at]) => at), ...references.map(({ value }) => value), ...ends]);
  const labels = [...drawn.filter((line) => line.points.length > 0).map(({ name }) => name), ...references.map(({ name }) => name)];
  const right = Math.max(14, 14 + 6.4 * Math.max(0, ...labels.map((name) => name.length)));
  const f = frame(width, height, { left: 46, right, top: 30, bottom: 40 }, x, y);
  return html`<figure class="chart"><figcaption><strong>${title}</strong>${note !== undefined && html`<span>${note}</span>`}</figcaption>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${points.length === 0 ? baseLine(f) : axes(f, x, y)}
${(points.length === 0 ? [] : references).map(({ value }) => html`<line class="ref" x1="${f.left}" x2="${f.right}" y1="${units(f.y(value))}" y2="${units(f.y(value))}"/>`)}
${points.length === 0 ? html`<text class="empty" x="${(f.left + f.right) / 2}" y="${(f.top + f.bottom) / 2}" text-anchor="middle">${options.empty ?? "no data"}</text>` : drawn.map((line) => path(f, line))}
${points.length > 0 && endLabels(f, drawn, references)}
${options.describe && hits(f, drawn, options.describe)}</svg></figure>`;
}

function axis(given: Pick<Axis, "label"> & Partial<Axis>, count: number, values: () => number[]): Axis {
  return { count, ...given, domain: given.domain ?? niceDomain(values(), given.count ?? count) };
}

/** Half the width of an error bar's ends, in chart units. */
const CAP = 4;

function path(f: Frame, { points, look, dots, errors = [] }: Line): Html {
  const d = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${units(f.x(x))} ${units(f.y(y))}`).join("");
  const marks = dots ? points.map(([x, y]) => `M${units(f.x(x))} ${units(f.y(y))}h0`).join("") : "";
  const cap = (x: number, y: number) => `M${units(f.x(x) - CAP)} ${units(f.y(y))}h${2 * CAP}`;
  const bars = errors.map(({ x, low, high }) => `${cap(x, low)}${cap(x, high)}M${units(f.x(x))} ${units(f.y(low))}V${units(f.y(high))}`);
  return html`<path class="line ${look}" d="${d}"/>${bars.length > 0 && html`<path class="error ${look}" d="${bars.join("")}"/>`}${marks !== "" && html`<path class="dots ${look}" d="${marks}"/>`}`;
}

/** Names at the right end, moved apart where they would overlap; the name of a line that is still growing goes along with its end. */
function endLabels(f: Frame, lines: readonly Line[], references: readonly Reference[]): Html {
  const ends = lines.flatMap(({ name, points, look }) => {
    const last = points.at(-1);
    return name !== "" && last ? [{ name, x: f.x(last[0]), y: f.y(last[1]), look: `end ${look}` }] : [];
  });
  const levels = references.map(({ name, value }) => ({ name, x: f.right, y: f.y(value), look: "end ref" }));
  const text = ({ name, x, look }: (typeof ends)[number], y: number) =>
    html`<text class="${look}" x="${units(x + 8)}" y="${units(y)}" dy=".34em">${name}</text>`;
  const growing = ends.filter(({ x }) => x < f.right - AT_END);
  const column = [...ends.filter(({ x }) => x >= f.right - AT_END), ...levels].sort((a, b) => a.y - b.y);
  const tops = spread(column.map(({ y }) => y));
  return html`${column.map((label, i) => text(label, tops[i] ?? label.y))}${growing.map((label) => text({ ...label, look: `${label.look} growing` }, label.y))}`;
}

/** Positions at least LABEL_HEIGHT apart, each group of neighbours centred on where it wanted to be. Ascending in, ascending out. */
function spread(wanted: readonly number[]): number[] {
  const groups: { members: number; centre: number }[] = [];
  for (const at of wanted) {
    let group = { members: 1, centre: at };
    for (let last = groups.at(-1); last && overlap(last, group); last = groups.at(-1)) {
      groups.pop();
      const members = last.members + group.members;
      group = { members, centre: (last.centre * last.members + group.centre * group.members) / members };
    }
    groups.push(group);
  }
  return groups.flatMap(({ members, centre }) =>
    Array.from({ length: members }, (_, i) => centre + (i - (members - 1) / 2) * LABEL_HEIGHT),
  );
}

function overlap(above: { members: number; centre: number }, below: { members: number; centre: number }): boolean {
  return below.centre - above.centre < ((above.members + below.members) / 2) * LABEL_HEIGHT;
}

/** Invisible columns that say the value under the pointer. */
function hits(f: Frame, lines: readonly Line[], describe: (x: number, y: number) => string): Html {
  const points = lines.find((line) => line.look === "main")?.points ?? [];
  const stride = Math.max(1, Math.ceil(points.length / MAX_HITS));
  const chosen = points.filter((_, i) => i % stride === stride - 1 || i === points.length - 1);
  return html`${chosen.map(([x, y], i) => {
    const before = chosen[i - 1];
    const after = chosen[i + 1];
    const from = before ? (f.x(before[0]) + f.x(x)) / 2 : f.left;
    const to = after ? (f.x(after[0]) + f.x(x)) / 2 : Math.min(f.right, f.x(x) + 12);
    return html`<rect class="hit" x="${units(from)}" y="${f.top}" width="${units(Math.max(0, to - from))}" height="${f.bottom - f.top}"><title>${describe(x, y)}</title></rect>`;
  })}`;
}

import { type Axis, axes, type Frame, frame, units } from "./frame.ts";
import { type Html, html, type Part } from "./html.ts";

export interface ScatterOptions {
  readonly title: string;
  readonly note?: Part;
  /** Points, [count, 2]. */
  readonly points: ArrayLike<number>;
  /** Class of each point; empty: all alike. */
  readonly labels: ArrayLike<number>;
  readonly classes: readonly string[];
  readonly x: string;
  readonly y: string;
  /** In the units of the viewBox. Default 600 x 600. */
  readonly width?: number;
  readonly height?: number;
}

/** Colours of the palette in the style sheet; more classes than this repeat them. */
export const COLOURS = 10;
/** More classes than this are named in the legend alone: on the plane their names would hide it. */
const TAGGED = 24;
/** Every class is drawn in this many pieces, taken in turns, so that no class hides the others. */
const LAYERS = 6;

/** Points in the plane, coloured by class, each class named at its centre and in a legend whose entries light their class up. A `<figure>`. */
export function scatter(options: ScatterOptions): Html {
  const { title, note, width = 600, height = 600 } = options;
  const groups = group(options);
  const plane = equalScales(options.points, width / height);
  const x: Axis = { label: `${options.x} \u2192`, domain: plane.x, count: 6 };
  const y: Axis = { label: `\u2191 ${options.y}`, domain: plane.y, count: 6 };
  const f = frame(width, height, { left: 46, right: 14, top: 30, bottom: 40 }, x, y);
  const named = groups.filter(({ name }) => name !== "");
  return html`<figure class="chart map"><figcaption><strong>${title}</strong>${note !== undefined && html`<span>${note}</span>`}</figcaption>
<div class="plane"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${axes(f, x, y)}
${Array.from({ length: LAYERS }, (_, layer) => groups.map((g) => cloud(f, g, layer)))}
${(named.length > TAGGED ? [] : named).map((g) => html`<text class="tag" x="${units(f.x(median(g.xs)))}" y="${units(f.y(median(g.ys)))}" dy=".34em" text-anchor="middle">${g.name}</text>`)}</svg>
${named.length > 0 && html`<ul class="legend">${named.map((g) => html`<li class="key k${g.index % COLOURS}" tabindex="0"><svg viewBox="-6 -6 12 12" aria-hidden="true"><path class="dot c${g.index % COLOURS}" d="M0 0h0"/></svg>${g.name}</li>`)}</ul>`}</div></figure>`;
}

interface Group {
  readonly index: number;
  readonly name: string;
  readonly xs: number[];
  readonly ys: number[];
}

function group({ points, labels, classes }: ScatterOptions): Group[] {
  const groups = new Map<number, Group>();
  for (let i = 0; i * 2 + 1 < points.length; i++) {
    const index = labels[i] ?? 0;
    const [x, y] = [points[i * 2] ?? Number.NaN, points[i * 2 + 1] ?? Number.NaN];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    const found = groups.get(index) ?? { index, name: labels.length > 0 ? (classes[index] ?? `class ${index}`) : "", xs: [], ys: [] };
    found.xs.push(x);
    found.ys.push(y);
    groups.set(index, found);
  }
  return [...groups.values()].sort((a, b) => a.index - b.index);
}

/** Domains of the same scale on both axes: distances on the map can be compared in every direction. */
function equalScales(points: ArrayLike<number>, aspect: number): { x: [number, number]; y: [number, number] } {
  const values = Array.from(points).map((value) => (Number.isFinite(value) ? value : 0));
  const [left, right] = extent(values.filter((_, i) => i % 2 === 0));
  const [low, high] = extent(values.filter((_, i) => i % 2 === 1));
  const half = 0.53 * Math.max(right - left, (high - low) * aspect, 1e-6);
  const [x, y] = [(left + right) / 2, (low + high) / 2];
  return { x: [x - half, x + half], y: [y - half / aspect, y + half / aspect] };
}

function extent(values: readonly number[]): [number, number] {
  return values.length === 0
    ? [0, 1]
    : values.reduce<[number, number]>(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
}

function cloud(f: Frame, g: Group, layer: number): Html {
  // A stroke of length zero with round caps is a disc: one path draws hundreds of points.
  const d = g.xs.flatMap((x, i) => (i % LAYERS === layer ? [`M${units(f.x(x))} ${units(f.y(g.ys[i] ?? 0))}h0`] : [])).join("");
  return d === "" ? html`` : html`<path class="dot c${g.index % COLOURS}" d="${d}"><title>${g.name}</title></path>`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

import { type Html, html } from "./html.ts";
import { tickFormat, ticks } from "./ticks.ts";

/** One axis: title with its unit, the values at both ends, how a tick is written. */
export interface Axis {
  readonly label: string;
  readonly domain: readonly [number, number];
  /** About how many ticks. */
  readonly count: number;
  readonly format?: (value: number) => string;
}

/** The plot area of a chart in the chart's own units (its viewBox). */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Data to chart units. */
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The scales of a chart of this size. */
export function frame(width: number, height: number, margins: Margins, x: Axis, y: Axis): Frame {
  const left = margins.left;
  const right = width - margins.right;
  const top = margins.top;
  const bottom = height - margins.bottom;
  return { width, height, left, right, top, bottom, x: scale(x.domain, left, right), y: scale(y.domain, bottom, top) };
}

/** Grid lines, tick labels and axis titles. */
export function axes(f: Frame, x: Axis, y: Axis): Html {
  const writeX = x.format ?? tickFormat(...x.domain, x.count);
  const writeY = y.format ?? tickFormat(...y.domain, y.count);
  const columns = ticks(...x.domain, x.count).map((value) => {
    const at = units(f.x(value));
    return html`<line class="tick" x1="${at}" x2="${at}" y1="${f.bottom}" y2="${f.bottom + 4}"/><text class="num" x="${at}" y="${f.bottom + 17}" text-anchor="middle">${writeX(value)}</text>`;
  });
  const rows = ticks(...y.domain, y.count).map((value) => {
    const at = units(f.y(value));
    return html`<line class="grid" x1="${f.left}" x2="${f.right}" y1="${at}" y2="${at}"/><text class="num" x="${f.left - 7}" y="${at}" dy=".34em" text-anchor="end">${writeY(value)}</text>`;
  });
  return html`${rows}<line class="axis" x1="${f.left}" x2="${f.right}" y1="${f.bottom}" y2="${f.bottom}"/>${columns}
<text class="label" x="${f.left}" y="${f.top - 10}">${y.label}</text>
<text class="label" x="${f.right}" y="${f.bottom + 33}" text-anchor="end">${x.label}</text>`;
}

/** What is left of the axes while there is nothing to measure: ticks would pretend a scale. */
export function baseLine(f: Frame): Html {
  return html`<line class="axis" x1="${f.left}" x2="${f.right}" y1="${f.bottom}" y2="${f.bottom}"/>`;
}

/** A number of chart units, short enough for thousands of them. */
export function units(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function scale([low, high]: readonly [number, number], from: number, to: number): (value: number) => number {
  return (value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

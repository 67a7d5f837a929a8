import { expect, test } from "vitest";
import { lossChart, spreadCharts } from "../../src/report/charts.ts";
import { bytes, count, duration, percent, short } from "../../src/report/format.ts";
import { html } from "../../src/report/html.ts";
import { lineChart } from "../../src/report/line_chart.ts";
import { summarise } from "../../src/report/run_summary.ts";
import { scatter } from "../../src/report/scatter.ts";
import { smooth, thin } from "../../src/report/series.ts";
import { niceDomain, tickFormat, ticks } from "../../src/report/ticks.ts";
import { fakeEvents } from "./fixture.ts";

test("ticks are multiples of 1, 2 or 5 times a power of ten, inside the interval", () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(6.02, 8.29, 5)).toEqual([6.5, 7, 7.5, 8]);
  expect(ticks(-0.1, 0.3, 4)).toEqual([-0.1, 0, 0.1, 0.2, 0.3]);
  expect(ticks(5, 5, 4).length).toBeLessThanOrEqual(1);
  expect([6.5, 7].map(tickFormat(6, 8.5, 5))).toEqual(["6.5", "7.0"]);
  expect(tickFormat(-20, 0, 4)(-20)).toBe("\u221220");
});

test("a nice domain holds its values, ignores what is not finite, and is never empty", () => {
  expect(niceDomain([6.02, Number.NaN, 8.29, Number.POSITIVE_INFINITY], 5)).toEqual([6, 8.5]);
  expect(niceDomain([], 5)).toEqual([0, 1]);
  const [low, high] = niceDomain([3, 3], 5);
  expect(low).toBeLessThan(3);
  expect(high).toBeGreaterThan(3);
});

test("numbers are written as people read them", () => {
  expect(percent(0.9364)).toBe("93.6\u202f%");
  expect(count(1234567)).toBe("1,234,567");
  expect([8.294, 0.0312, 0, -3.394, 12345, 1e-7, Number.NaN].map(short)).toEqual([
    "8.29",
    "0.0312",
    "0",
    "\u22123.39",
    "12,345",
    "1.00e\u22127",
    "NaN",
  ]);
  expect([3.21, 48.4, 131, 11_100].map(duration)).toEqual(["3.2\u202fs", "48\u202fs", "2\u202fmin 11\u202fs", "3\u202fh 05\u202fmin"]);
  expect([12, 2048, 13_002_342].map(bytes)).toEqual(["12\u202fB", "2.0\u202fKiB", "12.4\u202fMiB"]);
});

test("thinning keeps the mean and the ends in place; smoothing keeps lines and the first value", () => {
  const points = Array.from({ length: 1000 }, (_, i) => [i, 2 * i] as const);
  const thinned = thin(points, 100);
  expect(thinned).toHaveLength(100);
  expect(thinned[0]).toEqual([4.5, 9]);
  expect(thinned[99]).toEqual([994.5, 1989]);
  expect(
    thin(
      [
        [0, 1],
        [1, Number.NaN],
        [2, 3],
      ],
      10,
    ),
  ).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(smooth(points, 5)[0]).toEqual([0, 0]);
  expect(smooth(points, 5)[500]).toEqual([500, 1000]);
});

test("a template escapes text and keeps markup", () => {
  const text = `<img src=x onerror="alert('1')">&`;
  expect(html`<p title="${text}">${text}${html`<b>${1}</b>`}${[null, false, undefined]}${["a", "b"]}</p>`.text).toBe(
    `<p title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;<b>1</b>ab</p>`,
  );
  expect(html`${"a\u0000\u001fb"}`.text).toBe("a\ufffd\ufffdb");
});

test("a line chart draws every line, marks references, and keeps labels at the end apart", () => {
  const chart = lineChart({
    title: "T",
    x: { label: "epoch" },
    y: { label: "kNN" },
    lines: [
      {
        name: "ours",
        points: [
          [0, 0.5],
          [1, 0.9],
          [2, Number.NaN],
        ],
        look: "main",
        dots: true,
      },
    ],
    references: [
      { name: "near", value: 0.9 },
      { name: "nearer", value: 0.901 },
    ],
    describe: (x, y) => `${x}:${y}`,
  }).text;
  expect(chart.match(/class="line main"/g)).toHaveLength(1);
  expect(chart.match(/class="ref"/g)).toHaveLength(2);
  expect(chart).toContain("<title>1:0.9</title>");
  expect(chart).not.toMatch(/NaN|Infinity|undefined/);
  const heights = [...chart.matchAll(/class="end [^"]*" x="[\d.]+" y="([\d.]+)"/g)].map((m) => Number(m[1]));
  expect(heights).toHaveLength(3);
  for (const [i, y] of heights.entries()) if (i > 0) expect(y - (heights[i - 1] ?? 0)).toBeGreaterThanOrEqual(14.9);
});

test("charts of a run that has not begun say so and hold no NaN", () => {
  const run = summarise([]);
  const chart = lossChart(run, { planned: true }).text;
  expect(chart).toContain("waits for the first step");
  expect(chart).not.toMatch(/NaN|Infinity|undefined/);
});

test("the collapse level is drawn when the loss is near it and only told when it is far", () => {
  const run = summarise(fakeEvents(2));
  const at = (chance: number) => lossChart({ ...run, start: run.start && { ...run.start, chance } }).text;
  expect(at(8.29)).toContain('class="ref"');
  expect(at(8.29)).toContain("ln 3,984");
  expect(at(80)).not.toContain('class="ref"');
});

test("alignment is a fourth chart of how features are spread; a log that lacks it keeps three", () => {
  const run = summarise(fakeEvents(2));
  const titles = (of: typeof run) => spreadCharts(of).map(({ text }) => /<strong>([^<]*)/.exec(text)?.[1]);
  expect(titles(run)).toEqual(["Mean cosine", "Effective rank", "Uniformity", "Alignment"]);
  expect(titles(summarise([]))).toHaveLength(4);
  const old = run.evaluations.map(({ alignment: _, ...rest }) => rest);
  expect(titles({ ...run, evaluations: old })).toEqual(["Mean cosine", "Effective rank", "Uniformity"]);
  // A run that was begun by an older version and resumed.
  const resumed = spreadCharts({ ...run, evaluations: [...old.slice(0, 1), ...run.evaluations.slice(1)] });
  expect(resumed.at(-1)?.text).toContain("Alignment");
  expect(resumed.at(-1)?.text).not.toMatch(/NaN|undefined/);
});

test("a map has one colour a class, names at the centres and a legend; without labels neither", () => {
  const points = Float32Array.from([0, 0, 1, 1, 2, 0, Number.NaN, 1]);
  const text = scatter({ title: "M", points, labels: [0, 1, 1, 0], classes: ["zero", "one"], x: "a", y: "b" }).text;
  expect([...text.matchAll(/<text class="tag"[^>]*>([^<]*)/g)].map((m) => m[1])).toEqual(["zero", "one"]);
  expect(text.match(/class="key/g)).toHaveLength(2);
  expect(
    [...text.matchAll(/<path class="dot c(\d)" d="([^"]*)"><title>/g)].map((m) => `${m[1]}:${(m[2] ?? "").split("M").length - 1}`),
  ).toEqual(expect.arrayContaining(["0:1", "1:1"]));
  expect(text).not.toMatch(/NaN|Infinity/);
  expect(scatter({ title: "M", points, labels: [], classes: [], x: "a", y: "b" }).text).not.toMatch(/class="(tag|key|legend)/);
});

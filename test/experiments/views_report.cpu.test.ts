import { expect, test } from "vitest";
import { figure, renderViewsReport } from "../../src/experiments/views_report.ts";
import { resultsOf } from "./results.ts";

const count = (text: string, part: string): number => text.split(part).length - 1;

test("four charts with both graphs, their error bars and levels; every figure; nothing from outside", () => {
  const page = renderViewsReport(resultsOf([1, 2, 3]), "nearfar experiment views --out 'a <dir>'");
  expect(count(page, '<svg viewBox="0 0 480')).toBe(4);
  expect(count(page, 'class="error main"'), "full: 1 to 4 views").toBe(4);
  expect(count(page, 'class="error other"'), "core: from 3 views on").toBe(4);
  const bars = [...page.matchAll(/class="error (main|other)" d="([^"]*)"/g)].map(([, look, d]) => [look, count(d ?? "", "V")]);
  expect(bars.slice(0, 2)).toEqual([["other", 2], ["main", 4]]); // biome-ignore format: a table
  expect(page).toContain("untrained 24.0\u202f%");
  expect(page).toContain("commonest class everywhere 5.0\u202f%");
  expect(page, "4 views, full").toContain("64.0 \u00b1 2.0\u202f%");
  expect(page).toContain("paper &lt;b&gt;");
  expect(page).toContain("nearfar experiment views --out &#39;a &lt;dir&gt;&#39;");
  expect(page).toContain("default-src &#39;none&#39;");
  expect(page).not.toMatch(/<script|https?:|src=/);
});

test("what is not finished is shown as far as it is: one seed has no deviation, one graph no other", () => {
  const results = resultsOf([1]);
  const { scenes } = results.sections;
  const begun = { ...results, sections: { scenes: { ...scenes!, cells: scenes!.cells.slice(0, 3) } } };
  const page = renderViewsReport(begun, "again");
  expect(page).not.toContain('class="error');
  expect(page).toContain("full 42.0\u202f%");
  expect(page).not.toMatch(/core \d/);
  const nothing = { ...results, sections: { scenes: { ...scenes!, images: null, reference: null, cells: [] } } };
  expect(count(renderViewsReport(nothing, "again"), "waits for the first training")).toBe(2);
});

test("a figure is a percentage with its deviation", () => {
  expect(figure({ n: 3, mean: 0.314, deviation: 0.0061 })).toBe("31.4 \u00b1 0.6\u202f%");
  expect(figure({ n: 1, mean: 0.314, deviation: null })).toBe("31.4\u202f%");
});

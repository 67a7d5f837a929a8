import { expect, test } from "vitest";
import { renderText, type TextStudy, textFigures } from "../../src/experiments/text_report.ts";

const study = (name: string, seed: number, top1: number): TextStudy => ({
  ...{
    name,
    documents: 10,
    sentences: 100,
    vocabulary: 51,
    unknown: 0.1,
    classes: ["ham", "spam"],
    config: { seed, epochs: 7 },
    steps: 30,
    majority: 0.6,
  },
  curve: [1, 2, 3].map((step) => ({ step: 10 * step, figures: { loss: 2, bound: step / 10 } })),
  probes: { "bag of words": { top1: 0.9, folds: [0.9], rows: 8 }, trained: { top1, folds: [top1], rows: 8 } },
});

test("a column a set of texts: means and deviations over its seeds", () => {
  const { head, rows } = textFigures([study("a", 1, 0.7), study("a", 2, 0.8), study("b", 1, 0.5)]);
  expect(head).toEqual(["", "a", "b"]);
  expect(rows.map((row) => row.map((cell) => cell.replaceAll("\u202f", " ")))).toEqual([
    ["classes", "ham / spam", "ham / spam"],
    ["documents", "8", "8"],
    ["seeds", "2", "1"],
    ["largest class", "60.0 %", "60.0 %"],
    ["bag of words", "90.0 % \u00b1 0.0", "90.0 %"],
    ["trained", "75.0 % \u00b1 7.1", "50.0 %"],
  ]);
});

test("the page has a chart a set", () => {
  const page = renderText([study("a", 1, 0.7), study("a", 2, 0.8), study("<b>", 1, 0.5)], "adapter");
  expect(page.match(/<svg /g)).toHaveLength(2);
  expect(page.match(/<path class="line (main|faint)"/g)).toHaveLength(3);
  expect(page).toContain("&lt;b&gt;");
  expect(page).toMatch(/>steps<\/th><td>30</);
  expect(page).not.toContain("training.epochs");
});

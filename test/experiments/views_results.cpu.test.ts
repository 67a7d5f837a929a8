import { expect, test } from "vitest";
import { FormatError, UsageError } from "../../src/errors.ts";
import { checkSamePlan, missingCells, parseViewsResults, viewsRows } from "../../src/experiments/views_results.ts";
import { planOf, resultsOf, sectionOf } from "./results.ts";

test("what is there is not missing; more seeds are", () => {
  const plan = planOf("emoji");
  const section = sectionOf("emoji", [1]);
  expect(missingCells(plan, 2, undefined)).toHaveLength(14);
  expect(missingCells(plan, 1, section)).toEqual([]);
  const rest = missingCells(plan, 2, { ...section, cells: section.cells.slice(0, 5) });
  expect(rest.map(({ seed, views, graph }) => `${seed} ${views} ${graph}`).slice(0, 3)).toEqual(["1 4 core", "1 4 full", "2 0 null"]);
  expect(rest).toHaveLength(9);
});

test("rows are means over the seeds that were run", () => {
  const rows = viewsRows(sectionOf("scenes", [1, 2, 3]));
  expect(rows.map(({ name }) => name)).toEqual([
    "untrained",
    "1 view (InstDisc)",
    "2 views",
    "3 views, core",
    "3 views, full",
    "4 views, core",
    "4 views, full",
  ]);
  expect(rows[3]?.figures.meanIoU).toEqual({ n: 3, mean: expect.closeTo(0.55, 12), deviation: expect.closeTo(0.02, 12) });
  const part = sectionOf("scenes", [1, 2]);
  const some = viewsRows({ ...part, cells: part.cells.slice(0, 9) });
  expect(some.map(({ figures }) => figures.meanIoU?.n)).toEqual([2, 2, 1, 1, 1, 1, 1]);
});

test("results are read back; files that are none are refused by name", () => {
  const results = resultsOf([1]);
  expect(parseViewsResults(JSON.stringify(results), "x")).toEqual(results);
  const refused = (text: string) => expect(() => parseViewsResults(text, "dir/views.json"));
  refused("{").toThrow(/dir\/views\.json: not JSON/);
  refused("[]").toThrow(FormatError);
  refused('{"experiment":"steps"}').toThrow(/expected results of "views", found "steps": name another folder/);
  refused('{"experiment":"views","sections":{"mnist":{}}}').toThrow(/expected sections scenes, emoji, found "mnist"/);
  refused('{"experiment":"views","sections":{"emoji":{"plan":{}}}}').toThrow(/emoji: a plan and cells/);
  const [cell] = sectionOf("emoji", [1]).cells;
  for (const broken of [{ figures: { knn: 0.5 } }, { figures: { knn: 2, recall: 0 } }, { views: "two" }, { graph: "star" }]) {
    const bad = { ...results, sections: { emoji: { ...sectionOf("emoji", [1]), cells: [{ ...cell, ...broken }] } } };
    refused(JSON.stringify(bad)).toThrow(/emoji: cells with views, graph, seed and figures from 0 to 1/);
  }
});

test("results of another configuration are not gone on with: the error names the field", () => {
  const section = sectionOf("scenes", [1]);
  const plan = planOf("scenes");
  expect(() => checkSamePlan("views.json", JSON.parse(JSON.stringify(section)), plan)).not.toThrow();
  const other = { ...plan, train: { ...plan.train, epochs: 3 } };
  const words = `views.json: scenes: train.epochs is ${plan.train.epochs} in the results there, 3 here: name another folder with --out`;
  expect(() => checkSamePlan("views.json", section, other)).toThrow(words);
  expect(() => checkSamePlan("views.json", section, other)).toThrow(UsageError);
  const size = { ...plan, train: { ...plan.train, data: { ...plan.train.data, size: [8, 8] as const } } };
  expect(() => checkSamePlan("views.json", section, size)).toThrow(/train\.data\.size is \[32,32\] in the results there, \[8,8\] here/);
});

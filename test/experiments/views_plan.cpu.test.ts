import { expect, test } from "vitest";
import { summary } from "../../src/experiments/statistics.ts";
import { cellName, recipeOf, VIEWS_DATA, viewsCells, viewsConfig, viewsPlan } from "../../src/experiments/views_plan.ts";
import { planOf } from "./results.ts";

test("cells: the untrained encoder, one view, two, then each number in both graphs; seed after seed", () => {
  const cells = viewsCells(planOf("scenes"), [1, 2]);
  expect(cells.slice(0, 7).map(cellName)).toEqual([
    "untrained",
    "1 view (InstDisc)",
    "2 views",
    "3 views, core",
    "3 views, full",
    "4 views, core",
    "4 views, full",
  ]);
  expect(cells.map(({ seed }) => seed)).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2]);
});

test("one view is learned by InstDisc, more by CMC, all else alike", () => {
  for (const data of VIEWS_DATA) {
    const plan = planOf(data);
    const config = (views: number, graph: "core" | "full" | null) => viewsConfig(plan, { views, graph, seed: 5 });
    expect(config(1, null)).toEqual({ ...plan.train, seed: 5, objective: { name: "instdisc" } });
    const encoders = data === "scenes" ? "separate" : "shared";
    expect(config(2, null).objective).toEqual({ name: "cmc", views: plan.order.slice(0, 2), graph: "full", encoders });
    expect(config(4, "core").objective).toEqual({ name: "cmc", views: plan.order, graph: "core", encoders });
    expect({ ...config(4, "core"), objective: 0 }).toEqual({ ...config(1, null), objective: 0 });
  }
});

test("segments are what is measured, and no view to learn from", () => {
  expect(planOf("scenes").order).not.toContain("segments");
});

test("a plan says what cannot be", () => {
  expect(() => viewsPlan("scenes", recipeOf("scenes"), 0)).toThrow(/probe epochs: expected an integer of 1 or more/);
  expect(() => viewsPlan("scenes", recipeOf("emoji"))).toThrow(/expected data scenes, got emoji/);
  expect(() => viewsPlan("emoji", { ...recipeOf("emoji"), epochs: 0 })).toThrow(/epochs: expected an integer of 1 or more/);
  expect(viewsPlan("scenes", recipeOf("scenes"), 3).probe).toEqual({ epochs: 3 });
});

test("mean and standard deviation of a sample", () => {
  expect(summary([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ n: 8, mean: 5, deviation: expect.closeTo(Math.sqrt(32 / 7), 12) });
  expect(summary([3])).toEqual({ n: 1, mean: 3, deviation: null });
  expect(summary([])).toEqual({ n: 0, mean: Number.NaN, deviation: null });
});

import { recipeOf, type ViewsCell, type ViewsData, type ViewsPlan, viewsCells, viewsPlan } from "../../src/experiments/views_plan.ts";
import type { ViewsResults, ViewsSection } from "../../src/experiments/views_results.ts";
import type { ViewsResult } from "../../src/experiments/views_run.ts";

/** Figures that grow with the views and differ by seed: nothing was trained. */
export function madeUp(cell: ViewsCell, data: ViewsData): ViewsResult {
  const level = 0.2 + 0.1 * cell.views + (cell.graph === "core" ? 0.01 : 0) + 0.02 * cell.seed;
  const names = data === "scenes" ? ["meanIoU", "pixelAccuracy"] : ["knn", "recall"];
  return { ...cell, figures: Object.fromEntries(names.map((name) => [name, level])), loss: 1.5, seconds: 2, adapter: "paper <b>" };
}

export const planOf = (data: ViewsData): ViewsPlan => viewsPlan(data, recipeOf(data));

export function sectionOf(data: ViewsData, seeds: readonly number[]): ViewsSection {
  const plan = planOf(data);
  const cells = viewsCells(plan, seeds).map((cell) => madeUp(cell, data));
  const names = Object.keys(cells[0]?.figures ?? {});
  return { plan, images: { train: 512, test: 200 }, reference: Object.fromEntries(names.map((name) => [name, 0.05])), cells };
}

export const resultsOf = (seeds: readonly number[]): ViewsResults => ({
  experiment: "views",
  nearfar: "0.0.0",
  sections: { scenes: sectionOf("scenes", seeds), emoji: sectionOf("emoji", seeds) },
});

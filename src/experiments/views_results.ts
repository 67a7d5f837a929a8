import { FormatError } from "../errors.ts";
import { checkSame, isTree } from "./same_plan.ts";
import { type Summary, summary } from "./statistics.ts";
import {
  cellName,
  measuresOf,
  sameCell,
  VIEWS_DATA,
  type ViewsCell,
  type ViewsData,
  type ViewsMeasure,
  type ViewsPlan,
  viewsCells,
} from "./views_plan.ts";
import type { Figures, ViewsResult } from "./views_run.ts";

/** What is known of one data set. */
export interface ViewsSection {
  readonly plan: ViewsPlan;
  readonly images: { readonly train: number; readonly test: number } | null;
  readonly reference: Figures | null;
  readonly cells: readonly ViewsResult[];
}

/** The file of results. Whatever is in it was measured: it grows cell by cell. */
export interface ViewsResults {
  readonly experiment: "views";
  /** Version that wrote it. */
  readonly nearfar: string;
  readonly sections: { readonly [D in ViewsData]?: ViewsSection };
}

/** A row of the table: one number of views, all seeds. */
export interface ViewsRow extends Pick<ViewsCell, "views" | "graph"> {
  readonly name: string;
  /** By name of the measure. */
  readonly figures: { readonly [measure: string]: Summary };
}

/** Mean and deviation over the seeds that were run; numbers of views that were not run are left out. */
export function viewsRows({ plan, cells }: ViewsSection): ViewsRow[] {
  const kinds = viewsCells(plan, [0]);
  return kinds.flatMap(({ views, graph }) => {
    const own = cells.filter((cell) => cell.views === views && cell.graph === graph);
    if (own.length === 0) return [];
    const of = ({ name }: ViewsMeasure): Summary => summary(own.flatMap(({ figures }) => figures[name] ?? []));
    const figures = Object.fromEntries(measuresOf(plan.data).map((measure) => [measure.name, of(measure)]));
    return [{ views, graph, name: cellName({ views, graph }), figures }];
  });
}

/** Cells of the seeds 1 to `seeds` that are not there yet. */
export function missingCells(plan: ViewsPlan, seeds: number, section: ViewsSection | undefined): ViewsCell[] {
  const wanted = viewsCells(
    plan,
    Array.from({ length: seeds }, (_, i) => i + 1),
  );
  return wanted.filter((cell) => !section?.cells.some((done) => sameCell(cell, done)));
}

/** @throws FormatError when the text is no file of results of this experiment */
export function parseViewsResults(text: string, name: string): ViewsResults {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${name}: not JSON: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  const wrong = (expected: string, found: unknown): FormatError =>
    new FormatError(`${name}: expected ${expected}, found ${JSON.stringify(found)?.slice(0, 80)}: name another folder, or remove the file`);
  if (!isTree(value) || value.experiment !== "views") throw wrong('results of "views"', isTree(value) ? value.experiment : value);
  if (!isTree(value.sections)) throw wrong("sections, one a data set", value.sections);
  for (const [data, section] of Object.entries(value.sections)) {
    if (!(VIEWS_DATA as readonly string[]).includes(data)) throw wrong(`sections ${VIEWS_DATA.join(", ")}`, data);
    if (!isTree(section) || !isTree(section.plan) || !Array.isArray(section.cells)) throw wrong(`${data}: a plan and cells`, section);
    const broken = section.cells.find((cell) => !isCell(cell, data as ViewsData));
    if (broken !== undefined) throw wrong(`${data}: cells with views, graph, seed and figures from 0 to 1`, broken);
  }
  return value as unknown as ViewsResults;
}

/** @throws UsageError as `checkSame` */
export function checkSamePlan(name: string, section: ViewsSection, plan: ViewsPlan): void {
  checkSame(`${name}: ${plan.data}`, section.plan, plan);
}

const isShare = (value: unknown): boolean => typeof value === "number" && value >= 0 && value <= 1;

function isCell(value: unknown, data: ViewsData): boolean {
  if (!isTree(value) || !isTree(value.figures)) return false;
  const { views, graph, seed, figures } = value;
  const known = Number.isInteger(views) && Number.isInteger(seed) && (graph === null || graph === "core" || graph === "full");
  return known && measuresOf(data).every(({ name }) => isShare(figures[name]));
}

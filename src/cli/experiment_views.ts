import { existsSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import {
  cellName,
  measuresOf,
  recipeOf,
  referenceOf,
  VIEWS_DATA,
  type ViewsCell,
  type ViewsData,
  type ViewsPlan,
  viewsPlan,
} from "../experiments/views_plan.ts";
import { figure, renderViewsReport } from "../experiments/views_report.ts";
import {
  checkSamePlan,
  missingCells,
  parseViewsResults,
  type ViewsResults,
  type ViewsSection,
  viewsRows,
} from "../experiments/views_results.ts";
import type { ViewsEvent } from "../host/job_views.ts";
import { type OpenRunFolder, openRunFolder } from "../host/run_folder.ts";
import { checkNumber } from "../options.ts";
import { VERSION } from "../version.ts";
import { readData } from "./data.ts";
import type { Experiment } from "./experiment.ts";
import { commandAgain } from "./experiment_files.ts";
import { runOnHost } from "./hosts.ts";
import { INTERRUPTED, Interrupt } from "./interrupt.ts";
import type { Arguments, Option } from "./options.ts";
import type { Output } from "./output.ts";
import { clock, percentage } from "./progress.ts";
import { table } from "./table.ts";
import { CONFIG_OPTIONS, configFrom, DATA_OPTIONS } from "./train_options.ts";
import { number, text } from "./weights_input.ts";

const GROUP = "views";
const [RESULTS, REPORT] = ["views.json", "views.html"];

/** Options of training that may be changed, for every data set alike. */
const CHANGEABLE: readonly string[] = ["limit", "test", "image-size", "blocks", "dim", "batch", "rate", "epochs"];
const TRAIN_OPTIONS: readonly Option[] = [...DATA_OPTIONS, ...CONFIG_OPTIONS]
  .filter(({ name }) => CHANGEABLE.includes(name))
  .map((option) => ({ ...option, group: GROUP, ...shownOf(option) }));

export const viewsExperiment: Experiment = {
  name: "views",
  summary: "how good the first view's encoder becomes with one to four views, in the core and the full graph, on scenes and on emoji",
  options: [
    {
      name: "data",
      type: "text",
      value: "NAME,NAME",
      group: GROUP,
      help: "scenes (mean IoU and pixel accuracy of a linear segmentation), emoji (5-NN of subgroups, Recall@1 across vendors)",
      shown: VIEWS_DATA.join(),
    },
    ...TRAIN_OPTIONS,
    { name: "probe-epochs", type: "integer", value: "E", group: GROUP, help: "scenes: passes of the segmentation probe", shown: "10" },
  ],
  examples: [
    ["", "both data sets, three seeds"],
    ["--data scenes --seeds 1 --epochs 5", "a first look"],
  ],
  async run(args, output) {
    const seeds = number(args, "seeds") ?? 3;
    checkNumber("--seeds", seeds, { min: 1, max: 1000, integer: true });
    const plans = chosenData(args).map((data) => planFor(data, args));
    const dir = text(args, "out") ?? join("runs", "experiment-views");
    const folder = await openRunFolder(dir, existsSync(dir) ? "existing" : "new");
    try {
      return await new ViewsRun(folder, args, output, seeds).run(plans);
    } finally {
      await folder.close();
    }
  },
};

function chosenData(args: Arguments): ViewsData[] {
  const names = (text(args, "data") ?? VIEWS_DATA.join()).split(",");
  const stray = names.find((name) => !(VIEWS_DATA as readonly string[]).includes(name));
  if (stray !== undefined)
    throw new UsageError(`--data: expected ${VIEWS_DATA.join(", ")}, or both separated by a comma, got ${JSON.stringify(stray)}`);
  return VIEWS_DATA.filter((data) => names.includes(data));
}

function planFor(data: ViewsData, args: Arguments): ViewsPlan {
  const values = new Map([...args.values].filter(([name]) => CHANGEABLE.includes(name)));
  return viewsPlan(data, configFrom({ values, positionals: [] }, recipeOf(data)), number(args, "probe-epochs"));
}

/** One call of the command: what is known, and how it grows. */
class ViewsRun {
  #results: ViewsResults = { experiment: "views", nearfar: VERSION, sections: {} };
  #saving: Promise<void> = Promise.resolve();
  #left: number[] = [];

  constructor(
    private readonly folder: OpenRunFolder,
    private readonly args: Arguments,
    private readonly output: Output,
    private readonly seeds: number,
  ) {}

  /** @returns the exit code */
  async run(plans: readonly ViewsPlan[]): Promise<number> {
    const { output, folder } = this;
    await this.#readBefore(plans);
    const interrupt = new Interrupt(() =>
      output.line("stopping after this step; what was measured is saved ... (Ctrl-C again: quit at once)"),
    );
    let interrupted = false;
    try {
      for (const plan of plans) if (!interrupted) interrupted = await this.#runPlan(plan, interrupt.signal);
    } finally {
      output.status("");
      interrupt.close();
      await this.#saving;
      const measured = Object.keys(this.#results.sections).length > 0;
      if (measured) await folder.write(REPORT, renderViewsReport(this.#results, this.#again()));
    }
    for (const { data } of plans) this.#show(this.#results.sections[data]);
    output.event({
      event: interrupted ? "interrupted" : "done",
      results: join(folder.dir, RESULTS),
      report: join(folder.dir, REPORT),
      sections: this.#rows(),
    });
    output.line();
    output.line(`results     ${join(folder.dir, RESULTS)}`);
    output.line(`report      ${join(folder.dir, REPORT)}`);
    if (interrupted) output.line(`go on       ${this.#again()}`);
    return interrupted ? INTERRUPTED : 0;
  }

  async #readBefore(plans: readonly ViewsPlan[]): Promise<void> {
    const bytes = await this.folder.read(RESULTS);
    if (!bytes) return;
    const name = join(this.folder.dir, RESULTS);
    const before = parseViewsResults(new TextDecoder().decode(bytes), name);
    for (const plan of plans) {
      const section = before.sections[plan.data];
      if (section) checkSamePlan(name, section, plan);
    }
    this.#results = { ...before, nearfar: VERSION };
  }

  /** @returns whether it was stopped */
  async #runPlan(plan: ViewsPlan, signal: AbortSignal): Promise<boolean> {
    const { output, args, seeds } = this;
    const cells = missingCells(plan, seeds, this.#results.sections[plan.data]);
    const all = missingCells(plan, seeds, undefined).length;
    if (cells.length < all) output.line(`${plan.data}: ${all - cells.length} of ${all} trainings are there already`);
    if (cells.length === 0) return false;
    output.status(`${plan.data}: loading data ...`);
    const data = await readData(plan.train.data, output.warn);
    this.#left = [];
    const emit = (event: object): void => this.#take(plan, cells, event as ViewsEvent);
    const { interrupted } = await runOnHost(args, { kind: "views", plan, cells }, { data, signal, emit });
    return interrupted;
  }

  #take(plan: ViewsPlan, cells: readonly ViewsCell[], event: ViewsEvent): void {
    const { output } = this;
    const section = this.#results.sections[plan.data] ?? { plan, images: null, reference: null, cells: [] };
    const where = (cell: ViewsCell): string => `${plan.data}, seed ${cell.seed}, ${cellName(cell)}`;
    if (event.event === "progress") {
      const { cell, step, steps } = event;
      output.status(`${where(cell)} (${this.#left.length + 1} of ${cells.length}): step ${step} of ${steps}`);
      return;
    }
    if (event.event === "data") {
      this.#keep(plan.data, { ...section, images: event.images, reference: event.reference });
      return;
    }
    const { cell } = event;
    this.#keep(plan.data, { ...section, cells: [...section.cells, cell] });
    this.#left.push(cell.seconds);
    const mean = this.#left.reduce((sum, seconds) => sum + seconds, 0) / this.#left.length;
    const left = cells.length - this.#left.length;
    const figures = measuresOf(plan.data).map(({ name, label }) => `${label} ${percentage(cell.figures[name] ?? 0)}`);
    output.event({ event: "cell", data: plan.data, ...cell });
    output.line(`${where(cell)}: ${figures.join(", ")}  ${clock(cell.seconds)}${left > 0 ? `, about ${clock(left * mean)} left` : ""}`);
  }

  /** Results on disk are those before a cell or those after it. */
  #keep(data: ViewsData, section: ViewsSection): void {
    this.#results = { ...this.#results, sections: { ...this.#results.sections, [data]: section } };
    const whole = `${JSON.stringify(this.#results, null, 2)}\n`;
    this.#saving = this.#saving.then(() => this.folder.write(RESULTS, whole));
    // It is waited for at the end; until then nobody listens.
    this.#saving.catch(() => {});
  }

  #show(section: ViewsSection | undefined): void {
    if (!section) return;
    const { output } = this;
    const { plan, images, reference } = section;
    const measures = measuresOf(plan.data);
    const rows = viewsRows(section);
    output.line();
    output.line(
      output.bold(
        `${plan.data}: ${images?.train.toLocaleString("en")} to learn from, ${images?.test.toLocaleString("en")} held out, views ${plan.order.join(", ")}`,
      ),
    );
    const base = reference ? [[referenceOf(plan.data), ...measures.map(({ name }) => percentage(reference[name] ?? 0)), ""]] : [];
    const cells = rows.map((row) => [
      row.name,
      ...measures.map(({ name }) => {
        const of = row.figures[name];
        return of ? figure(of) : "";
      }),
      String(row.figures[measures[0]?.name ?? ""]?.n ?? 0),
    ]);
    for (const line of table([["", ...measures.map(({ label }) => label), "seeds"], ...base, ...cells])) output.line(line);
  }

  #rows(): object {
    return Object.fromEntries(Object.entries(this.#results.sections).map(([data, section]) => [data, viewsRows(section)]));
  }

  /** The same command line. */
  #again(): string {
    return commandAgain("views", this.args, this.folder);
  }
}

/** A default of every data set, as the help shows it. */
function shownOf({ path, name }: Option): Pick<Option, "shown"> {
  const [section = "", field = ""] = (path ?? "").split(".");
  const values = VIEWS_DATA.map((data) => {
    const options = recipeOf(data) as { readonly [name: string]: unknown };
    const inner = field === "" ? options[section] : (options[section] as { readonly [name: string]: unknown } | undefined)?.[field];
    return inner === undefined ? undefined : `${data} ${Array.isArray(inner) ? inner.join(name === "image-size" ? "x" : ",") : inner}`;
  });
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? { shown: known.join("; ") } : {};
}

import { button, element, input, select } from "../../src/page/dom.ts";
import { download } from "../../src/page/download.ts";
import { html } from "../../src/report/html.ts";
import { VERSION } from "../../src/version.ts";
import { CASES } from "../cases/index.ts";
import { type Detail, SIZE_SETS, VARIANTS } from "../contract.ts";
import { casesLike, type Entry, entries, one } from "../entries.ts";
import { benchFile, benchText } from "../out/json.ts";
import { renderReport, results } from "../out/report.ts";
import { sizeText } from "../out/table.ts";
import type { Machine, Roof } from "../run/job.ts";
import { failed } from "../run/run_case.ts";
import { ask } from "./ask.ts";
import { type BenchSettings, benchSettings, PEERS } from "./settings.ts";
import "virtual:nearfar-style.css";
import "virtual:nearfar-bench.css";
import "../../src/page/page.css";
import "./app.css";

/** The bench on the visitor's own GPU: the same cases, checks and figures as `npm run bench`. */
class BenchPage {
  readonly #rows: Detail[] = [];
  #machine: Machine | undefined;
  #roof: Roof | null = null;
  #running: AbortController | undefined;

  constructor({ cases, sizes, seconds, variants }: BenchSettings) {
    for (const { name, title } of CASES) fieldset().insertAdjacentHTML("beforeend", checkbox(name, title));
    for (const set of SIZE_SETS) select("sizes").add(new Option(set, set, false, set === sizes));
    if (![...select("seconds").options].some(({ value }) => Number(value) === seconds)) select("seconds").add(new Option(String(seconds)));
    select("seconds").value = String(seconds);
    for (const [id, variant] of Object.entries(PEERS)) input(id).checked = variants.includes(variant);
    this.#choose(({ name }) => cases.some((bench) => bench.name === name));
    element("all").addEventListener("click", () => this.#choose(() => true));
    element("none").addEventListener("click", () => this.#choose(() => false));
    fieldset().addEventListener("change", () => this.#count());
    element("go").addEventListener("click", () => void this.#go());
    element("json").addEventListener("click", () => this.#saveJson());
    element("report").addEventListener("click", () => this.#saveReport());
  }

  /** Which adapter it is, and what it can do at most. */
  async open(): Promise<void> {
    this.#say("Measuring what this adapter can do at most \u2026");
    try {
      const { machine, roof } = await ask({ kind: "roof" }, new AbortController().signal);
      this.#machine = machine;
      this.#roof = roof;
      this.#say("Ready.");
      if (machine.software) {
        note(
          html`<b>Software adapter.</b> It runs on the CPU: ratios count, milliseconds say nothing about a GPU. All cases take half an hour.`
            .text,
        );
      }
      this.#stage("ready");
    } catch (error) {
      note(html`<b>This browser cannot measure here.</b> ${error instanceof Error ? error.message : String(error)}`.text);
      this.#say("");
      this.#stage("unavailable");
    }
  }

  /** The large button: run, or stop what runs. */
  async #go(): Promise<void> {
    if (this.#running) return this.#running.abort();
    const running = new AbortController();
    this.#running = running;
    this.#rows.length = 0;
    this.#stage("running");
    const work = entries({ only: this.#chosen(), sizes: [one("sizes", select("sizes").value, SIZE_SETS)], forms: ["best"], linear: false });
    for (const [i, entry] of work.entries()) {
      if (running.signal.aborted) break;
      this.#say(`${i + 1} of ${work.length}: ${entry.bench.title}, ${sizeText(entry.size)}`, i / work.length);
      this.#rows.push(...(await this.#measure(entry, running.signal)));
      this.#draw();
    }
    this.#running = undefined;
    this.#say(running.signal.aborted ? "Stopped: what was measured is below." : work.length > 0 ? "Done." : "No case has such a size.");
    this.#stage(running.signal.aborted ? "stopped" : "done");
  }

  /** The rows of a case; if it breaks as a whole, rows that say so. */
  async #measure({ bench, size, forms }: Entry, stop: AbortSignal): Promise<readonly Detail[]> {
    const wanted = new Set<string>(Object.entries(PEERS).flatMap(([id, variant]) => (input(id).checked ? [variant] : [])));
    const variants = VARIANTS.filter((variant) => variant === "ours" || wanted.has(variant));
    try {
      const seconds = Number(select("seconds").value);
      return (await ask({ kind: "case", case: bench.name, size, seconds, variants, forms }, stop)).rows;
    } catch (error) {
      if (stop.aborted) return [];
      return variants.map((variant) =>
        failed(bench, size, { variant, form: "best" }, error instanceof Error ? error.message : String(error)),
      );
    }
  }

  #draw(): void {
    element("results").innerHTML = results({ rows: this.#rows, roof: this.#roof, cases: CASES, linear: [] }).text;
  }

  #stage(stage: "ready" | "running" | "stopped" | "done" | "unavailable"): void {
    document.body.dataset.stage = stage;
    const busy = stage === "running";
    button("go").textContent = busy ? "Stop" : "Run";
    button("go").disabled = stage === "unavailable";
    for (const id of ["json", "report"]) button(id).disabled = busy || this.#rows.length === 0;
    for (const id of ["sizes", "seconds"]) select(id).disabled = busy;
    for (const id of Object.keys(PEERS)) input(id).disabled = busy;
    fieldset().disabled = busy;
  }

  #say(text: string, share?: number): void {
    const bar = share !== undefined && html`<progress max="1" value="${share}"></progress>`;
    const peak = this.#roof && `${this.#roof.gflops.toFixed(0)} GFLOP/s of multiply-adds, ${this.#roof.gbps.toFixed(1)} GB/s of copying`;
    const adapter = this.#machine && html`<span>${this.#machine.adapter}</span>`;
    element("progress").innerHTML = html`${bar}<p><span>${text}</span>${adapter}${peak && html`<span>${peak}</span>`}</p>`.text;
  }

  #chosen() {
    return [...fieldset().querySelectorAll("input")].filter(({ checked }) => checked).flatMap(({ value }) => casesLike(value));
  }

  #choose(wanted: (bench: { readonly name: string }) => boolean): void {
    for (const box of fieldset().querySelectorAll("input")) box.checked = wanted({ name: box.value });
    this.#count();
  }

  #count(): void {
    element("chosen").textContent = `Cases: ${this.#chosen().length} of ${CASES.length}`;
  }

  get #head() {
    return { adapter: this.#machine?.adapter ?? "unknown", browser: navigator.userAgent, commit: `nearfar ${VERSION}` };
  }

  #saveJson(): void {
    download("bench.json", "application/json", benchText(benchFile(this.#head, this.#rows, this.#roof)));
  }

  #saveReport(): void {
    const shown = { ...this.#head, software: this.#machine?.software ?? false, roof: this.#roof, cases: CASES };
    download("bench.html", "text/html", renderReport({ ...shown, rows: this.#rows, linear: [] }));
  }
}

const checkbox = (name: string, title: string): string => html`<label><input type="checkbox" value="${name}"> ${title}</label>`.text;
const note = (text: string): void => element("notice").insertAdjacentHTML("beforeend", `<li>${text}</li>`);

const fieldset = (): HTMLFieldSetElement => element("cases") as HTMLFieldSetElement;

function settings(): BenchSettings {
  try {
    return benchSettings(location.search);
  } catch (error) {
    element("address").textContent = `${error instanceof Error ? error.message : error} The settings of the address are ignored.`;
    return benchSettings("");
  }
}

await new BenchPage(settings()).open();

import { duration, percent } from "../report/format.ts";
import { html } from "../report/html.ts";
import { renderReport } from "../report/report.ts";
import { summarise } from "../report/run_summary.ts";
import { nextSteps } from "../report/sections.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import { DEFAULTS } from "../train/config.ts";
import { VERSION } from "../version.ts";
import { clipsIn, RATE, SHORTEST } from "./clips.ts";
import { button, element, input, select } from "./dom.ts";
import { download } from "./download.ts";
import type { FromWorker, ToWorker } from "./protocol.ts";
import { Recorder } from "./recorder.ts";
import { optionsFrom, type Settings, settingsFrom } from "./settings.ts";
import { after, OPENING, type PageState } from "./state.ts";
import { isTask, TASKS, type Task, type TaskName } from "./tasks.ts";
import { view } from "./view.ts";
import "virtual:nearfar-style.css";
import "./page.css";

/** Milliseconds between drawings: faster than that nobody reads. */
const DRAW_EVERY = 200;

/** The page: one state, one worker at a time, and the buttons. */
class Page {
  #state: PageState = OPENING;
  #worker: Worker | undefined;
  #drawing: ReturnType<typeof setTimeout> | undefined;
  readonly #shown = new Map<string, string>();
  readonly #recorder = new Recorder(() => this.#draw());

  constructor(private readonly settings: Settings) {
    element("go").addEventListener("click", () => this.#go());
    element("restart").addEventListener("click", () => this.#start(undefined));
    element("checkpoint").addEventListener("click", () => this.#downloadCheckpoint());
    element("report").addEventListener("click", () => this.#downloadReport());
    if (settings.task) select("task").value = settings.task;
    element("task").addEventListener("change", () => this.#chooseTask());
    element("record").addEventListener("click", () => void this.#record());
    element("files").addEventListener("change", () => void this.#tell(this.#recorder.open(input("files").files ?? [])));
    element("recordings").addEventListener("click", ({ target }) => this.#drop(target));
    this.#describe();
    choose("limit", settings.limit);
    choose("epochs", settings.epochs);
    this.#open();
    this.#draw();
  }

  /** The epochs that suit it: tasks differ widely. */
  #chooseTask(): void {
    const { options }: Task = TASKS[task()];
    choose("epochs", options.epochs ?? DEFAULTS.epochs);
    this.#describe();
    this.#draw();
  }

  /** The words of the chosen task, and the controls that it has. */
  #describe(): void {
    const { title, lead, recordings = false }: Task = TASKS[task()];
    element("title").textContent = title;
    element("lead").textContent = lead;
    element("sounds").hidden = !recordings;
    element("amount").hidden = recordings;
  }

  async #record(): Promise<void> {
    await this.#tell(this.#recorder.recording ? this.#recorder.stop() : this.#recorder.start());
  }

  /** Takes a recording out of the list, if it was its button. */
  #drop(target: EventTarget | null): void {
    const place = target instanceof HTMLElement ? target.dataset.place : undefined;
    if (place !== undefined) this.#recorder.remove(Number(place));
  }

  /** What goes wrong with recordings is the visitor's to know. */
  async #tell(doing: Promise<void>): Promise<void> {
    element("heard").textContent = "";
    await doing.catch((error) => {
      element("heard").textContent = error instanceof Error ? error.message : String(error);
    });
    input("files").value = ""; // so that the same file can be opened again
  }

  /** The one large button: start, pause, continue, go on after a loss, or train again. */
  #go(): void {
    const { stage, checkpoint } = this.#state;
    if (stage === "training") {
      this.#send({ kind: "pause" });
      this.#set({ ...this.#state, stage: "paused" });
    } else if (stage === "paused") {
      this.#send({ kind: "continue" });
      this.#set({ ...this.#state, stage: "training" });
    } else this.#start(stage === "lost" ? checkpoint : undefined);
  }

  #start(checkpoint: PageState["checkpoint"]): void {
    const { stage, events, picture, adapter } = this.#state;
    if (stage !== "ready") this.#open();
    const kept = checkpoint ? { events, checkpoint, ...(picture && { picture }) } : { events: [] };
    this.#set({ stage: "loading", message: "Starting \u2026", ...(adapter && { adapter }), ...kept });
    const recordings = wantsRecordings() ? this.#recorder.recordings : [];
    const amount = wantsRecordings() ? {} : { limit: chosen("limit") }; // of what was recorded all is used
    const config = optionsFrom({ ...this.settings, task: task(), ...amount, epochs: chosen("epochs") });
    this.#send({ kind: "start", config, data: new URL("mnist", document.baseURI).href, checkpoint: checkpoint?.bytes, recordings });
  }

  /** A fresh worker in place of the last one: its device and memory are freed with it. */
  #open(): void {
    this.#worker?.terminate();
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (worker === this.#worker) this.#set(after(this.#state, data));
    });
    worker.addEventListener("error", (event) => {
      const message = `The worker failed: ${event.message || "its script could not be loaded"}.`;
      if (worker === this.#worker) this.#set(after(this.#state, { kind: "failed", cause: "error", message }));
    });
    this.#worker = worker;
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #set(state: PageState): void {
    const urgent = state.stage !== this.#state.stage;
    this.#state = state;
    if (urgent) this.#draw();
    // A timer, not an animation frame: those stop in hidden tabs, and the title should still tell how far it is.
    else this.#drawing ??= setTimeout(() => this.#draw(), DRAW_EVERY);
  }

  #draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    for (const [id, { text }] of Object.entries(view(this.#state))) {
      if (this.#shown.get(id) === text) continue;
      this.#shown.set(id, text);
      element(id).innerHTML = text;
    }
    this.#drawControls();
  }

  #drawControls(): void {
    const { stage, checkpoint, events, config } = this.#state;
    document.body.dataset.stage = stage;
    document.title = title(this.#state);
    const go = button("go");
    go.textContent = goLabel(this.#state);
    const silent = wantsRecordings() && clipsIn(this.#recorder.recordings) < SHORTEST;
    go.disabled = stage === "opening" || stage === "loading" || stage === "unavailable" || silent;
    this.#drawRecordings(silent);
    button("restart").hidden = !(stage === "paused" || (stage === "lost" && checkpoint));
    button("checkpoint").disabled = checkpoint === undefined;
    button("report").disabled = config === undefined || !events.some(({ event }) => event === "evaluate");
    for (const id of ["task", "limit", "epochs"])
      select(id).disabled = stage === "loading" || stage === "training" || stage === "paused" || stage === "lost";
  }

  #drawRecordings(silent: boolean): void {
    const { recordings, recording } = this.#recorder;
    button("record").textContent = recording ? "Stop recording" : "Record";
    document.body.classList.toggle("recording", recording);
    const items = recordings.map(
      ({ name, samples }, place) =>
        html`<li><span>${name}</span> <small>${duration(samples.length / RATE)}</small> <button type="button" data-place="${place}" aria-label="Remove ${name}">\u00d7</button></li>`,
    );
    const wanted = silent ? `At least ${SHORTEST} seconds in all. ` : "";
    const wish = (silent || recordings.length === 1) && html`<li><small>${wanted}Two recordings can be told apart.</small></li>`;
    element("recordings").innerHTML = html`${items}${wish}`.text;
    const busy = ["loading", "training", "paused", "lost"].includes(this.#state.stage);
    for (const control of element("sounds").querySelectorAll<HTMLButtonElement | HTMLInputElement>("button, input"))
      control.disabled = busy;
  }

  #downloadCheckpoint(): void {
    const { checkpoint } = this.#state;
    if (checkpoint) download(CHECKPOINT, "application/octet-stream", checkpoint.bytes);
  }

  #downloadReport(): void {
    const { config, events, picture = null } = this.#state;
    if (!config) return;
    const start = summarise(events).start;
    const shown = { ...config, nearfar: VERSION, adapter: start?.adapter, browser: navigator.userAgent };
    // Recordings stay in this page: no command could measure by them.
    const [resume, ...rest] = nextSteps("run", config.data.name, config.epochs, start?.unit, start?.unit === undefined);
    const next = resume
      ? [
          { ...resume, what: `Train on in a checkout of nearfar: put ${CHECKPOINT}, downloaded from the page, into a folder "run"` },
          ...rest,
        ]
      : rest;
    download("report.html", "text/html", renderReport({ config: shown, events, picture, folder: "run", next }));
  }
}

function goLabel({ stage, checkpoint }: PageState): string {
  if (stage === "loading") return "Starting \u2026";
  if (stage === "training") return "Pause";
  if (stage === "paused") return "Continue";
  if (stage === "lost") return checkpoint ? `Continue from step ${checkpoint.step}` : "Start again";
  return stage === "done" || stage === "failed" ? "Train again" : "Start training";
}

function title({ stage, events }: PageState): string {
  const { start, stepsDone } = summarise(events);
  const share = stage === "training" && start ? `${percent(stepsDone / start.steps, 0)} \u2013 ` : "";
  return `${share}nearfar: contrastive learning in a tab`;
}

const chosen = (id: string): number => Number(select(id).value);

const wantsRecordings = (): boolean => (TASKS[task()] as Task).recordings ?? false;

function task(): TaskName {
  const { value } = select("task");
  return isTask(value) ? value : "digits";
}

/** Selects a value, which the list need not have. */
function choose(id: string, value: number | undefined): void {
  if (value === undefined) return;
  const list = select(id);
  if (![...list.options].some((option) => option.value === String(value))) list.add(new Option(String(value), String(value)), 0);
  list.value = String(value);
}

function settings(): Settings {
  try {
    return settingsFrom(location.search);
  } catch (error) {
    element("address").textContent = `${error instanceof Error ? error.message : error} The settings of the address are ignored.`;
    return {};
  }
}

new Page(settings());

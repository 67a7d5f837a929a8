import type { TrainEvent } from "./events.ts";
import type { RunFolder } from "./folder.ts";

/** File name within a run folder: one event a line. */
export const METRICS = "metrics.jsonl";

/** Events of a run, in memory for the report and appended to `metrics.jsonl` for everybody else. */
export class RunLog {
  readonly events: TrainEvent[] = [];
  #unwritten = "";

  private constructor(private readonly folder: RunFolder) {}

  /**
   * Opens the log of a run that starts at `step`. What an interrupted run had noted beyond its checkpoint is dropped: those
   * steps will run again.
   */
  static async open(folder: RunFolder, step: number): Promise<RunLog> {
    const log = new RunLog(folder);
    const bytes = step > 0 ? await folder.read(METRICS) : undefined;
    const lines = bytes ? new TextDecoder().decode(bytes).split("\n") : [];
    for (const line of lines) {
      const event = parse(line);
      if (event && happenedBefore(event, step)) log.events.push(event);
    }
    await folder.write(METRICS, log.events.map((event) => `${JSON.stringify(event)}\n`).join(""));
    return log;
  }

  add(event: TrainEvent): void {
    this.events.push(event);
    this.#unwritten += `${JSON.stringify(event)}\n`;
  }

  /** Appends what was added since the last call. */
  async flush(): Promise<void> {
    const lines = this.#unwritten;
    this.#unwritten = "";
    if (lines !== "") await this.folder.append(METRICS, lines);
  }
}

/** A line that a killed process left half written is no event. */
function parse(line: string): TrainEvent | undefined {
  try {
    return JSON.parse(line) as TrainEvent;
  } catch {
    return undefined;
  }
}

/** Whether an event belongs to the steps before `step`: "step" events count from 0, the others say how many steps were done. */
function happenedBefore(event: TrainEvent, step: number): boolean {
  if (event.event === "step") return event.step < step;
  if (event.event === "start" || event.event === "done") return event.event === "start" && event.from < step;
  return event.step <= step;
}

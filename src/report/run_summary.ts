import type { DoneEvent, EvaluateEvent, StartEvent, StepEvent, TrainEvent, WarningEvent } from "../train/events.ts";

/** The events of a run, put in order: what charts and tables are made of. */
export interface RunSummary {
  /** Of the latest session. */
  readonly start: StartEvent | undefined;
  /** One per step, ascending. */
  readonly steps: readonly StepEvent[];
  /** One per evaluation, ascending. */
  readonly evaluations: readonly EvaluateEvent[];
  /** Each message once. */
  readonly warnings: readonly WarningEvent[];
  /** Of the latest session; undefined while it runs and when it was cut off. */
  readonly done: DoneEvent | undefined;
  /** Sessions: 1, and one more for each resume. */
  readonly sessions: number;
  /** Wall time of the sessions that told it (one that was killed did not), evaluation included. */
  readonly time: { readonly seconds: number; readonly sessions: number };
  /** Steps done. */
  readonly stepsDone: number;
  /** Median over the steps. */
  readonly imagesPerSecond: number | undefined;
}

/**
 * Joins the sessions of a run. A session that was killed may have logged steps after its last checkpoint; the session that
 * resumed there computed them again, and its lines replace the earlier ones.
 */
export function summarise(events: Iterable<TrainEvent>): RunSummary {
  let start: StartEvent | undefined;
  let done: DoneEvent | undefined;
  let sessions = 0;
  const time = { seconds: 0, sessions: 0 };
  const steps = new Map<number, StepEvent>();
  const evaluations = new Map<number, EvaluateEvent>();
  const warnings = new Map<string, WarningEvent>();
  for (const event of events) {
    if (event.event === "start") {
      start = event;
      done = undefined;
      sessions++;
      for (const step of steps.keys()) if (step >= event.from) steps.delete(step);
      for (const step of evaluations.keys()) if (step > event.from) evaluations.delete(step);
    } else if (event.event === "step") steps.set(event.step, event);
    else if (event.event === "evaluate") evaluations.set(event.step, event);
    else if (event.event === "warning") warnings.set(event.message, event);
    else if (event.event === "done") {
      done = event;
      time.seconds += event.seconds;
      time.sessions++;
    }
  }
  const ordered = ascending(steps);
  return {
    start,
    steps: ordered,
    evaluations: ascending(evaluations),
    warnings: [...warnings.values()],
    done,
    sessions,
    time,
    stepsDone: done?.steps ?? (ordered.at(-1)?.step ?? -1) + 1,
    imagesPerSecond: median(ordered.map((step) => step.imagesPerSecond)),
  };
}

function ascending<T>(byStep: ReadonlyMap<number, T>): T[] {
  return [...byStep].sort(([a], [b]) => a - b).map(([, event]) => event);
}

function median(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { renderReport } from "../report/report.ts";
import type { TrainConfig } from "../train/config.ts";
import type { DoneEvent, TrainEvent } from "../train/events.ts";
import type { RunFolder } from "../train/folder.ts";
import { METRICS } from "../train/log.ts";
import type { Picture } from "../train/picture.ts";
import { Interrupted, train } from "../train/train.ts";
import { VERSION } from "../version.ts";
import { runDataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

/** File name within a run folder. */
export const REPORT = "report.html";

export interface TrainJob {
  readonly kind: "train";
  readonly config: TrainConfig;
  /** Go on from the folder's checkpoint. */
  readonly resume: boolean;
  /** The run folder as a person would type it: the report's commands name it. */
  readonly dir: string;
}

/** How a training job ended: with its last event, or stopped from outside and saved. */
export type TrainOutcome = { readonly done: DoneEvent } | { readonly interrupted: string };

/** Trains in the folder, emits every event but the last, and writes the report, also of a run that was stopped or broke. */
export async function runTrain(gpu: Gpu, job: TrainJob, inputs: JobInputs): Promise<TrainOutcome> {
  const { folder, signal, versions, emit } = inputs;
  if (!folder) throw new UsageError("training needs a run folder");
  const data = await runDataOf(gpu, job.config.data, inputs);
  let picture: Picture | undefined;
  const host = {
    folder,
    resume: job.resume,
    versions,
    signal,
    emit: (event: TrainEvent) => {
      if (event.event !== "done") emit(event);
    },
    picture: (latest: Picture) => {
      picture = latest;
    },
  };
  try {
    const { done, events } = await train(gpu, job.config, data, host);
    await folder.write(REPORT, report(job, versions, events, picture));
    return { done };
  } catch (error) {
    // Once something was measured there is something to look at. A second failure must not hide the first.
    if (picture) await folder.write(REPORT, report(job, versions, await eventsIn(folder), picture)).catch(() => {});
    if (error instanceof Interrupted) return { interrupted: error.message };
    throw error;
  }
}

function report({ config, dir }: TrainJob, versions: JobInputs["versions"], events: readonly TrainEvent[], picture?: Picture): string {
  const start = events.findLast((event) => event.event === "start");
  const made = { nearfar: VERSION, adapter: start?.adapter, ...versions };
  return renderReport({ config: { ...config, made }, events, picture: picture ?? null, folder: dir });
}

/** The run's log, without a line that was cut off. */
async function eventsIn(folder: RunFolder): Promise<TrainEvent[]> {
  const bytes = await folder.read(METRICS);
  const lines = new TextDecoder().decode(bytes).split("\n");
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as TrainEvent);
}

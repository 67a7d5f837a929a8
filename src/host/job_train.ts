import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { collapseLevel } from "../report/collapse.ts";
import { renderReport } from "../report/report.ts";
import type { TrainConfig } from "../train/config.ts";
import type { DoneEvent, TrainEvent } from "../train/events.ts";
import type { RunFolder } from "../train/folder.ts";
import { METRICS } from "../train/log.ts";
import type { Picture } from "../train/picture.ts";
import { Interrupted, train } from "../train/train.ts";
import { VERSION } from "../version.ts";
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
  const { folder, data, signal, emit } = inputs;
  if (!folder || !data) throw new UsageError("training needs a run folder and data");
  let picture: Picture | undefined;
  const host = {
    folder,
    resume: job.resume,
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
    await writeReport(folder, job, events, picture);
    return { done };
  } catch (error) {
    // Once something was measured there is something to look at. A second failure must not hide the first.
    if (picture) await writeReport(folder, job, await eventsIn(folder), picture).catch(() => {});
    if (error instanceof Interrupted) return { interrupted: error.message };
    throw error;
  }
}

async function writeReport(folder: RunFolder, { config, dir }: TrainJob, events: readonly TrainEvent[], picture?: Picture): Promise<void> {
  const start = events.findLast((event) => event.event === "start");
  const collapse = collapseLevel(config, start?.images.train ?? 0);
  const shown = { ...config, nearfar: VERSION, adapter: start?.adapter };
  await folder.write(REPORT, renderReport({ config: shown, events, picture: picture ?? null, folder: dir, ...(collapse && { collapse }) }));
}

async function eventsIn(folder: RunFolder): Promise<TrainEvent[]> {
  const bytes = await folder.read(METRICS);
  const lines = new TextDecoder().decode(bytes).split("\n");
  return lines.filter((line) => line.endsWith("}")).map((line) => JSON.parse(line) as TrainEvent);
}

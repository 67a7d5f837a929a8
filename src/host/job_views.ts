import { UsageError } from "../errors.ts";
import type { LearnProgress } from "../experiments/learn.ts";
import type { ViewsCell, ViewsPlan } from "../experiments/views_plan.ts";
import type { Figures, ViewsResult } from "../experiments/views_run.ts";
import type { Gpu } from "../gpu/device.ts";
import { dataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

/** Trains and measures cells of `nearfar experiment views` on one data set, one after the other. */
export interface ViewsJob {
  readonly kind: "views";
  readonly plan: ViewsPlan;
  readonly cells: readonly ViewsCell[];
}

/** What it says, in this order: the data once, then each cell's progress and figures. */
export type ViewsEvent = ViewsDataEvent | ({ readonly event: "progress"; readonly cell: ViewsCell } & LearnProgress) | ViewsCellEvent;

export interface ViewsDataEvent {
  readonly event: "data";
  readonly images: { readonly train: number; readonly test: number };
  /** Of what knows nothing of views. */
  readonly reference: Figures;
}

export interface ViewsCellEvent {
  readonly event: "cell";
  readonly cell: ViewsResult;
}

/** How it ended. Every cell that was said is whole. */
export interface ViewsDone {
  readonly event: "done";
  readonly interrupted: boolean;
}

/** @throws UsageError when the plan does not fit the data; whatever training throws */
export async function runViews(gpu: Gpu, { plan, cells }: ViewsJob, inputs: JobInputs): Promise<ViewsDone> {
  const { signal } = inputs;
  const emit = (event: ViewsEvent): void => inputs.emit(event);
  const { runViewsCell, viewsReference } = await import("../experiments/views_run.ts");
  try {
    const data = await dataOf(gpu, plan.train.data, inputs.data);
    if (plan.train.batch > data.train.length)
      throw new UsageError(
        `experiment views: expected a batch of at most ${data.train.length}, the number of images, got ${plan.train.batch}`,
      );
    const images = { train: data.train.length, test: data.test.length };
    emit({ event: "data", images, reference: await viewsReference(gpu, plan, data) });
    for (const cell of cells) {
      signal.throwIfAborted();
      const progress = (at: LearnProgress): void => emit({ event: "progress", cell, ...at });
      emit({ event: "cell", cell: await runViewsCell(gpu, plan, cell, data, { signal, progress }) });
    }
  } catch (error) {
    if (signal.aborted && error === signal.reason) return { event: "done", interrupted: true };
    throw error;
  }
  return { event: "done", interrupted: false };
}

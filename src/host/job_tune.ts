import type { Gpu } from "../gpu/device.ts";
import { choicesOf, tune } from "../gpu/tune.ts";
import { equip } from "../tuning/equip.ts";
import { type Tuning, tuningOf } from "../tuning/record.ts";
import type { JobInputs } from "./jobs.ts";

/** Times the variants of all kernels. Its events are the rows (`TuneRow`). */
export interface TuneJob {
  readonly kind: "tune";
}

export interface TuneDone {
  readonly event: "done";
  readonly adapter: string;
  readonly tuning: Tuning;
}

export async function runTune(gpu: Gpu, _: TuneJob, { versions, signal, emit }: JobInputs): Promise<TuneDone> {
  const rows = await tune(await equip(gpu), (row) => {
    emit({ event: "tune", ...row });
    signal.throwIfAborted();
  });
  return { event: "done", adapter: gpu.name, tuning: tuningOf(gpu, hostText(versions), choicesOf(rows)) };
}

/** What WebGPU comes from: a browser, or the package "webgpu". */
const hostText = ({ browser, webgpu }: NonNullable<JobInputs["versions"]> = {}): string => browser ?? `webgpu ${webgpu}`;

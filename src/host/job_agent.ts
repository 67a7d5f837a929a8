import type { Gpu } from "../gpu/device.ts";
import type { AgentConfig } from "../rl/config.ts";
import { type AgentRun, trainAgent } from "../rl/train.ts";
import type { JobInputs } from "./jobs.ts";

/** Trainings of agents, one after the other on one device: kernels are compiled once. */
export interface AgentJob {
  readonly kind: "agent";
  readonly configs: readonly AgentConfig[];
}

/** Emitted at the end of each of them, an interrupted one included; `CurvePoint`s come before. */
export interface AgentRunEvent {
  readonly event: "run";
  /** Of its config. */
  readonly index: number;
  readonly run: AgentRun;
  readonly adapter: string;
}

export interface AgentDone {
  readonly event: "done";
  readonly adapter: string;
}

/** Runs what is left after an interruption no more. Curve points carry the `index` of their config. */
export async function runAgent(gpu: Gpu, { configs }: AgentJob, { signal, emit }: JobInputs): Promise<AgentDone> {
  for (const [index, config] of configs.entries()) {
    if (signal.aborted) break;
    const run = await trainAgent(gpu, config, { signal, emit: (point) => emit({ ...point, index }) });
    const event: AgentRunEvent = { event: "run", index, run, adapter: gpu.name };
    emit(event);
  }
  return { event: "done", adapter: gpu.name };
}

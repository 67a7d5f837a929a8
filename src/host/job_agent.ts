import type { Gpu } from "../gpu/device.ts";
import type { AgentConfig } from "../rl/config.ts";
import { type AgentRun, trainAgent } from "../rl/train.ts";
import type { JobInputs } from "./jobs.ts";

/**
 * Trainings of agents on one device, so that kernels are compiled once; a few at a time, since an agent spends half of its time waiting for
 * its own actions to be read back.
 */
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

/** How many run at a time. */
const AT_ONCE = 3;

/** Runs what is left after an interruption no more. Curve points carry the `index` of their config. @throws what the first that fails throws */
export async function runAgent(gpu: Gpu, { configs }: AgentJob, { signal: given, emit }: JobInputs): Promise<AgentDone> {
  const failure = new AbortController();
  const signal = AbortSignal.any([given, failure.signal]);
  const queue = [...configs.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next && !signal.aborted; next = queue.shift()) {
      const [index, config] = next;
      const run = await trainAgent(gpu, config, { signal, emit: (point) => emit({ ...point, index }) });
      const event: AgentRunEvent = { event: "run", index, run, adapter: gpu.name };
      emit(event);
    }
  };
  const workers = Array.from({ length: AT_ONCE }, () => work().catch((error: unknown) => failure.abort(error)));
  await Promise.all(workers); // all have stopped before the device is closed
  failure.signal.throwIfAborted();
  return { event: "done", adapter: gpu.name };
}

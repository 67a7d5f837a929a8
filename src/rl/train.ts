import { NonFiniteError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { type AgentConfig, agentConfig, WORLDS } from "./config.ts";
import { type Figures, Learner } from "./learner.ts";
import { Recorder } from "./window.ts";
import { Worlds } from "./worlds.ts";

/** A point of a learning curve: what happened since the point before. */
export interface CurvePoint {
  readonly event: "curve";
  /** Updates, and frames of all environments together, so far. */
  readonly update: number;
  readonly frames: number;
  /** Episodes that ended; means over them, null without any. */
  readonly episodes: number;
  readonly reward: number | null;
  readonly length: number | null;
  /** Means over the updates. */
  readonly figures: Figures;
}

export interface AgentRun {
  readonly config: AgentConfig;
  readonly curve: readonly CurvePoint[];
  /** Whether all updates were made: false after an interruption. */
  readonly finished: boolean;
  readonly seconds: number;
}

export interface TrainAgentOptions {
  /** Updates from point to point of the curve, at most 64. Default: a fortieth of all. */
  readonly every?: number;
  /** Aborted: the run ends after the update at hand, with the curve so far. */
  readonly signal?: AbortSignal | undefined;
  readonly emit?: ((point: CurvePoint) => void) | undefined;
}

/** Points that figures wait for on the device. */
const MOST = 64;

/**
 * Trains an agent in a world from the first frame on, and says how it went. A function of the config on one adapter.
 * @throws UsageError on an unknown option or a value out of range; NonFiniteError when the loss is no number
 */
export async function trainAgent(gpu: Gpu, options: Partial<AgentConfig>, how: TrainAgentOptions = {}): Promise<AgentRun> {
  const config = agentConfig(options);
  const { environments: N, window: T, updates } = config;
  const every = how.every ?? Math.min(MOST, Math.max(1, Math.round(updates / 40)));
  if (!(Number.isInteger(every) && every >= 1 && every <= MOST))
    throw new UsageError(`trainAgent: every: expected 1 to ${MOST}, got ${every}`);
  const make = WORLDS[config.world];
  if (!make) throw new UsageError(`agent: world: no ${config.world}`);
  const started = performance.now();
  const recorder = new Recorder(new Worlds(make(), N, config.seed), config.memory);
  const learner = await Learner.create(gpu, config, recorder.worlds.world);
  const curve: CurvePoint[] = [];
  let update = 0;
  try {
    for (; update < updates && !how.signal?.aborted; update++) {
      const first = update * T;
      learner.learn(update, await recorder.record(T, (t, frames) => learner.act(first + t, frames)));
      if ((update + 1) % every !== 0 && update + 1 < updates) continue;
      const figures = await learner.figures(curve.at(-1)?.update ?? 0, update + 1);
      curve.push(pointOf(recorder, { update: update + 1, frames: (update + 1) * N * T, figures }));
      how.emit?.(curve.at(-1) as CurvePoint);
    }
  } finally {
    learner.close();
  }
  return { config, curve, finished: update === updates, seconds: (performance.now() - started) / 1000 };
}

function pointOf({ worlds }: Recorder, known: Pick<CurvePoint, "update" | "frames" | "figures">): CurvePoint {
  for (const [name, value] of Object.entries(known.figures))
    if (!Number.isFinite(value)) throw new NonFiniteError(`agent: ${name} is ${value} by update ${known.update}. Take a lower rate`);
  const over = worlds.finished();
  const mean = (value: (episode: (typeof over)[number]) => number) =>
    over.length > 0 ? over.reduce((sum, episode) => sum + value(episode), 0) / over.length : null;
  return { event: "curve", ...known, episodes: over.length, reward: mean(({ reward }) => reward), length: mean(({ length }) => length) };
}

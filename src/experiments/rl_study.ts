import { type AgentConfig, AUXILIARY_DEFAULTS, agentConfig, WORLDS } from "../rl/config.ts";
import type { AgentRun, CurvePoint } from "../rl/train.ts";
import { summary } from "./statistics.ts";

/** What is compared: the actor-critic by itself, and with contrastive prediction beside it. */
export const CONDITIONS = ["plain", "cpc"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** One run of the comparison: what tells it from the others, and everything that it depends on. */
export interface Trial {
  readonly condition: Condition;
  readonly config: AgentConfig;
}

/** Settings that learn within minutes on two CPU cores, found with one seed without the auxiliary loss; both conditions have them. */
export const STUDY_SETTINGS: { readonly [world: string]: Partial<AgentConfig> } = {
  recall: { updates: 500, entropy: 0.005 },
  keys: { updates: 400, entropy: 0.01 },
};

export interface StudyOptions {
  readonly worlds: readonly string[];
  /** Seeds 1 to this. */
  readonly seeds: number;
  /** Laid over the settings of every world. */
  readonly settings?: Partial<AgentConfig>;
  readonly auxiliary?: Partial<typeof AUXILIARY_DEFAULTS>;
}

/** All runs, seed by seed, so that an interrupted study has as many of each. @throws UsageError, as `agentConfig` */
export function trialsOf({ worlds, seeds, settings = {}, auxiliary = {} }: StudyOptions): Trial[] {
  const trial = (world: string, condition: Condition, seed: number): Trial => {
    const loss = condition === "cpc" ? { ...AUXILIARY_DEFAULTS, ...auxiliary } : null;
    return { condition, config: agentConfig({ ...STUDY_SETTINGS[world], ...settings, world, seed, auxiliary: loss }) };
  };
  return Array.from({ length: seeds }, (_, i) => i + 1).flatMap((seed) =>
    worlds.flatMap((world) => CONDITIONS.map((condition) => trial(world, condition, seed))),
  );
}

export interface TrialResult extends AgentRun {
  readonly condition: Condition;
}

/** Mean and standard deviation (of the sample; 0 for one) over seeds, and the seeds' own values. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
  readonly each: readonly number[];
}

/** One row of the study's table. */
export interface StudyRow {
  readonly world: string;
  readonly condition: Condition;
  readonly seeds: number;
  readonly frames: number;
  /** Mean return of the episodes that ended in the last fifth of the frames, and over all of them. */
  readonly end: Spread;
  readonly whole: Spread;
  /** Length of an episode in the last fifth. */
  readonly length: Spread;
  /** Nats that a context tells of the future at least, in the last fifth; null without the auxiliary loss. */
  readonly bound: Spread | null;
  /** What the world gives: to the best policy, and to the best without memory where that is known. */
  readonly best: number;
  readonly forgetful: number | null;
}

/** What finished runs say, world by world. Unfinished ones are left out. */
export function studyTable(results: readonly TrialResult[]): StudyRow[] {
  const worlds = [...new Set(results.map(({ config }) => config.world))];
  return worlds.flatMap((world) =>
    CONDITIONS.flatMap((condition): StudyRow[] => {
      const own = results.filter((r) => r.finished && r.condition === condition && r.config.world === world);
      const [first] = own;
      if (!first) return [];
      const { best, forgetful = null } = WORLDS[world]?.() ?? { best: Number.NaN };
      const spread = (value: (curve: readonly CurvePoint[]) => number) => spreadOf(own.map(({ curve }) => value(curve)));
      return [
        {
          ...{ world, condition, seeds: own.length, frames: first.curve.at(-1)?.frames ?? 0, best, forgetful },
          end: spread((curve) => perEpisode(lastFifth(curve), ({ reward }) => reward)),
          whole: spread((curve) => perEpisode(curve, ({ reward }) => reward)),
          length: spread((curve) => perEpisode(lastFifth(curve), ({ length }) => length)),
          bound: condition === "cpc" ? spread((curve) => meanOf(lastFifth(curve).map(({ figures }) => figures.bound ?? 0))) : null,
        },
      ];
    }),
  );
}

function lastFifth(curve: readonly CurvePoint[]): readonly CurvePoint[] {
  const frames = curve.at(-1)?.frames ?? 0;
  return curve.filter((point) => point.frames > 0.8 * frames);
}

/** Mean over episodes of points that each hold means over theirs. */
function perEpisode(points: readonly CurvePoint[], value: (point: CurvePoint) => number | null): number {
  const episodes = points.reduce((sum, point) => sum + point.episodes, 0);
  return points.reduce((sum, point) => sum + point.episodes * (value(point) ?? 0), 0) / Math.max(1, episodes);
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export function spreadOf(each: readonly number[]): Spread {
  const { mean, deviation } = summary(each);
  return { mean, deviation: deviation ?? 0, each };
}

import { UsageError } from "../errors.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";

/** A learning rate over time, as plain data. Steps are counted from 0. */
export type ScheduleConfig = {
  /** The rate that everything is relative to, > 0. */
  readonly rate: number;
  /** Steps of linear warm-up: step s of w gets (s + 1) / w of the scheduled rate. Default 0. */
  readonly warmup?: number;
  /** What warm-up and milestones count: steps (default), or epochs as papers do. */
  readonly unit?: "steps" | "epochs";
} & (
  | { readonly kind: "constant" }
  /** Multiplied by `gamma` at each milestone, as torch's MultiStepLR. */
  | { readonly kind: "step"; readonly milestones: readonly number[]; readonly gamma: number }
  /** `factors[i]` times `rate` from milestone i on, for falls that are no powers. The milestones rise. */
  | { readonly kind: "step"; readonly milestones: readonly number[]; readonly factors: readonly number[] }
  /** Half a cosine from `rate` down to `final` (default 0) over `steps` steps (Loshchilov and Hutter 2017, eq. 5, no restarts). */
  | { readonly kind: "cosine"; readonly steps: number; readonly final?: number }
);

/**
 * Rate of each step: a pure function, so a resumed run continues it.
 * @param stepsPerEpoch needed by a schedule in epochs
 * @throws UsageError on an unknown option or a value out of range.
 */
export function schedule(config: ScheduleConfig, stepsPerEpoch?: number): (step: number) => number {
  check(config);
  const inSteps = config.unit === "epochs" ? stepsPerEpoch : 1;
  if (inSteps === undefined) throw new UsageError("schedule: in epochs: expected to be told how many steps an epoch has");
  const warmup = inSteps * (config.warmup ?? 0);
  const scheduled = shape(config, inSteps);
  return (step) => scheduled(step) * (step < warmup ? (step + 1) / warmup : 1);
}

/** @param unit steps that a milestone counts */
function shape(config: ScheduleConfig, unit: number): (step: number) => number {
  const { rate } = config;
  switch (config.kind) {
    case "constant":
      return () => rate;
    case "step":
      return (step) => rate * factorAfter(config, config.milestones.filter((milestone) => step >= unit * milestone).length);
    case "cosine": {
      const { steps, final = 0 } = config;
      return (step) => final + (rate - final) * 0.5 * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));
    }
  }
}

function factorAfter(config: Extract<ScheduleConfig, { kind: "step" }>, passed: number): number {
  if ("factors" in config) return passed === 0 ? 1 : (config.factors[passed - 1] ?? 1);
  return config.gamma ** passed;
}

const OPTIONS = { constant: [], step: ["milestones", "gamma", "factors"], cosine: ["steps", "final"] } as const;

function check(config: ScheduleConfig): void {
  checkChoice("schedule: kind", config.kind, Object.keys(OPTIONS));
  checkNames(`schedule of kind "${config.kind}"`, config, ["kind", "rate", "warmup", "unit", ...OPTIONS[config.kind]]);
  checkNumber("schedule: rate", config.rate, { min: 0, above: true });
  checkNumber("schedule: warmup", config.warmup ?? 0, { min: 0, integer: true });
  checkChoice("schedule: unit", config.unit ?? "steps", ["steps", "epochs"]);
  if (config.kind === "step") checkSteps(config);
  if (config.kind === "cosine") {
    checkNumber("schedule: steps", config.steps, { min: 1, integer: true });
    checkNumber("schedule: final", config.final ?? 0, { min: 0 });
  }
}

function checkSteps(config: Extract<ScheduleConfig, { kind: "step" }>): void {
  const { milestones } = config;
  if (!Array.isArray(milestones)) throw new UsageError("schedule: milestones must be a list of step numbers, or of epochs");
  for (const milestone of milestones) checkNumber("schedule: milestones", milestone, { min: 1, integer: true });
  if ("factors" in config) checkFactors(milestones, config);
  else checkNumber("schedule: gamma", config.gamma, { min: 0, above: true });
}

function checkFactors(milestones: readonly number[], config: object & { readonly factors: readonly number[] }): void {
  const { factors } = config;
  if ("gamma" in config) throw new UsageError("schedule: gamma and factors exclude each other");
  if (!Array.isArray(factors) || factors.length !== milestones.length)
    throw new UsageError(`schedule: factors: expected a list of ${milestones.length}, one a milestone, got ${JSON.stringify(factors)}`);
  for (const factor of factors) checkNumber("schedule: factors", factor, { min: 0, above: true });
  if (milestones.some((milestone, i) => milestone <= (milestones[i - 1] ?? 0)))
    throw new UsageError(`schedule: milestones: with factors they must rise, got ${JSON.stringify(milestones)}`);
}

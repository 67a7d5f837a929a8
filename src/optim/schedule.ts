import { UsageError } from "../errors.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";

/** A learning rate over time, as plain data. Steps are counted from 0. */
export type ScheduleConfig = {
  /** The rate that everything is relative to, > 0. */
  readonly rate: number;
  /** Steps of linear warm-up: step s of w gets (s + 1) / w of the scheduled rate. Default 0. */
  readonly warmup?: number;
} & (
  | { readonly kind: "constant" }
  /** Multiplied by `gamma` at each milestone (a step number), as torch's MultiStepLR. */
  | { readonly kind: "step"; readonly milestones: readonly number[]; readonly gamma: number }
  /** Half a cosine from `rate` down to `final` (default 0) over `steps` steps (Loshchilov and Hutter 2017, eq. 5, no restarts). */
  | { readonly kind: "cosine"; readonly steps: number; readonly final?: number }
);

/** Rate of each step: a pure function, so a resumed run continues it. @throws UsageError on an unknown option or a value out of range. */
export function schedule(config: ScheduleConfig): (step: number) => number {
  check(config);
  const { warmup = 0 } = config;
  const scheduled = shape(config);
  return (step) => scheduled(step) * (step < warmup ? (step + 1) / warmup : 1);
}

function shape(config: ScheduleConfig): (step: number) => number {
  const { rate } = config;
  switch (config.kind) {
    case "constant":
      return () => rate;
    case "step":
      return (step) => rate * config.gamma ** config.milestones.filter((milestone) => step >= milestone).length;
    case "cosine": {
      const { steps, final = 0 } = config;
      return (step) => final + (rate - final) * 0.5 * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));
    }
  }
}

const OPTIONS = { constant: [], step: ["milestones", "gamma"], cosine: ["steps", "final"] } as const;

function check(config: ScheduleConfig): void {
  checkChoice("schedule: kind", config.kind, Object.keys(OPTIONS));
  checkNames(`schedule of kind "${config.kind}"`, config, ["kind", "rate", "warmup", ...OPTIONS[config.kind]]);
  checkNumber("schedule: rate", config.rate, { min: 0, above: true });
  checkNumber("schedule: warmup", config.warmup ?? 0, { min: 0, integer: true });
  if (config.kind === "step") {
    checkNumber("schedule: gamma", config.gamma, { min: 0, above: true });
    if (!Array.isArray(config.milestones)) throw new UsageError("schedule: milestones must be a list of step numbers");
    for (const milestone of config.milestones) checkNumber("schedule: milestones", milestone, { min: 1, integer: true });
  }
  if (config.kind === "cosine") {
    checkNumber("schedule: steps", config.steps, { min: 1, integer: true });
    checkNumber("schedule: final", config.final ?? 0, { min: 0 });
  }
}

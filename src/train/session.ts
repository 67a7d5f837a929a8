import { Loader } from "../data/loader.ts";
import type { TrainTest } from "../data/mnist.ts";
import { makeResident, type ResidentImages } from "../data/views/resident.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Objective } from "../objectives/objective.ts";
import { Ledger } from "../ops/ledger.ts";
import { openTape } from "../ops/tape.ts";
import { Accumulator } from "../optim/accumulate.ts";
import { loadOptimiser, type MakeOptimiser } from "../optim/make.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { type ScheduleConfig, schedule } from "../optim/schedule.ts";
import type { State } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import { type Learner, loadLearner, type MakeLearner } from "./parts.ts";
import { recordStep } from "./record.ts";
import { type RunAppraiser, type RunSession, stateOf } from "./run_session.ts";

/** Steps whose scalars the device holds before they must be read. */
export const LEDGER_ROWS = 64;

/** Everything that a run holds on the device, and its step, recorded once. */
export class Session implements RunSession {
  readonly counts: { readonly train: number; readonly test: number };
  readonly loader: Loader;
  readonly steps: number;
  readonly rate: (step: number) => number;
  readonly plan: Plan;
  readonly learner: Learner;
  /** What the views are made of, of each half of the data. */
  readonly train: readonly ResidentImages[];
  readonly test: readonly ResidentImages[];
  readonly objective: Objective;
  readonly ledger: Ledger;
  readonly #optimiser: Optimiser;
  readonly #accumulator: Accumulator | undefined;
  /** The samples of each part of a batch. */
  readonly #index: readonly Operand[];

  /** Loads the parts that the config names, builds and records; allocates nothing. @throws UsageError, ShapeError, OutOfGpuMemoryError */
  static async create(gpu: Gpu, config: TrainConfig, data: TrainTest): Promise<Session> {
    return new Session(gpu, config, data, await loadLearner(config), await loadOptimiser(config.optimiser));
  }

  private constructor(
    readonly gpu: Gpu,
    readonly config: TrainConfig,
    readonly data: TrainTest,
    makeLearner: MakeLearner,
    makeOptimiser: MakeOptimiser,
  ) {
    const { batch, accumulate, seed, epochs } = config;
    this.counts = { train: data.train.length, test: data.test.length };
    this.loader = new Loader({ length: data.train.length, batchSize: batch, seed });
    this.steps = epochs * this.loader.stepsPerEpoch;
    this.rate = schedule(scheduleOf(config, this.steps), this.loader.stepsPerEpoch);
    this.learner = makeLearner(gpu, config, data.train);
    const { parameters, objective, views } = this.learner;
    this.objective = objective;
    this.#optimiser = makeOptimiser(parameters, config.optimiser);
    this.train = views.sources(data.train).map((source) => makeResident(gpu, source));
    this.test = views.sources(data.test).map((source) => makeResident(gpu, source));
    this.ledger = new Ledger(gpu, LEDGER_ROWS);
    this.plan = new Plan(gpu, "training step");
    this.#index = Array.from({ length: accumulate }, (_, part) => this.plan.input(`index ${part}`, [batch / accumulate], "u32"));
    this.#accumulator = accumulate > 1 ? new Accumulator(parameters) : undefined;
    this.#record();
  }

  #record(): void {
    const { plan, ledger, train } = this;
    const { objective, parameters, views } = this.learner;
    const [optimiser, index, accumulator] = [this.#optimiser, this.#index, this.#accumulator];
    recordStep(plan, {
      ...{ objective, parameters, optimiser, index, accumulator, ledger },
      views: (tape, samples) => views.record(tape, train, samples),
    });
  }

  /** Appends a step to the device's queue; waits only until the one before the last is done. */
  async step(step: number): Promise<void> {
    const { epoch, indices } = this.loader.at(step);
    this.plan.run({ seed: this.config.seed, step, epoch, rate: this.rate(step) }, this.#inputs(indices));
    await this.plan.pace(1);
  }

  #inputs(samples: Uint32Array): [Operand, Uint32Array][] {
    const each = samples.length / this.#index.length;
    return this.#index.map((operand, part) => [operand, samples.subarray(part * each, (part + 1) * each)]);
  }

  /** One pass over the data before the first step, for an objective that asks for it: fills a bank with the encoder's features. */
  async prepare(): Promise<void> {
    const { objective, views: set } = this.learner;
    if (!objective.prepare) return;
    const { accumulate, seed } = this.config;
    const batch = this.config.batch / accumulate; // what the memory suffices for
    const plan = new Plan(this.gpu, "preparation");
    const index = plan.input("index", [batch], "u32");
    const tape = openTape(plan, true); // batch statistics: the running ones know nothing yet
    const views = set.views.map((_, v) => set.evaluate(tape, this.train, index, v));
    objective.prepare(tape, { views, index });
    await plan.open();
    const { length } = this.data.train;
    for (let from = 0; from < length; from += batch) {
      const first = Math.min(from, length - batch); // the last batch overlaps the one before it: rows must be distinct within one
      plan.run({ seed, step: 0, epoch: 0, rate: 0 }, [[index, Uint32Array.from({ length: batch }, (_, i) => first + i)]]);
      await plan.pace(1);
    }
    await plan.pace(0);
    plan.close();
  }

  state(): State {
    return stateOf(this.learner.parameters, this.#optimiser, this.objective);
  }

  async appraiser(): Promise<RunAppraiser> {
    const { Appraiser } = await import("./appraise.ts"); // measuring is no part of the first download
    return new Appraiser(this);
  }

  close(): void {
    this.plan.close();
    this.ledger.destroy();
    this.learner.objective.destroy();
    this.#optimiser.destroy();
    this.#accumulator?.destroy();
    this.learner.parameters.destroy();
    for (const { store } of [...this.train, ...this.test]) store.destroy();
  }
}

/** A cosine without an end runs to the end of training. */
export function scheduleOf({ schedule }: TrainConfig, steps: number): ScheduleConfig {
  return (schedule.kind === "cosine" ? { steps, ...schedule } : schedule) as ScheduleConfig;
}

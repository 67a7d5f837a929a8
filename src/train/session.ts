import type { ImageDataset } from "../data/images.ts";
import { Loader } from "../data/loader.ts";
import type { TrainTest } from "../data/mnist.ts";
import { makeResident, type ResidentImages } from "../data/views/resident.ts";
import { evaluationView, makeView, type ViewConfig } from "../data/views/view.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Encoder } from "../nn/encoder.ts";
import { convNet } from "../nn/encoders/conv_net.ts";
import { resNet18 } from "../nn/encoders/resnet.ts";
import type { Place } from "../nn/named.ts";
import { Parameters } from "../nn/parameters.ts";
import { InstDisc } from "../objectives/instdisc.ts";
import { InvaSpread } from "../objectives/invaspread.ts";
import type { Encode, Objective } from "../objectives/objective.ts";
import { Ledger } from "../ops/ledger.ts";
import { openTape } from "../ops/tape.ts";
import { makeOptimiser } from "../optim/make.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { type ScheduleConfig, schedule } from "../optim/schedule.ts";
import type { State } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import { Several } from "./several.ts";

/** Steps whose scalars the device holds before they must be read. */
export const LEDGER_ROWS = 64;

/** An encoder with its parameters, and what evaluation shows it: all that is needed to embed images. */
export interface Model {
  readonly parameters: Parameters;
  readonly encoder: Encoder;
}

/** The encoder that a config describes, for images of this size, with its start values. @throws UsageError */
export function makeModel(gpu: Gpu, config: TrainConfig, images: ImageShape): Model {
  const parameters = new Parameters(gpu, config.seed);
  return { parameters, encoder: makeEncoder(parameters, config, images, "") };
}

type ImageShape = Pick<ImageDataset, "channels" | "height" | "width">;

function makeEncoder(parameters: Parameters, config: TrainConfig, { channels, height, width }: ImageShape, prefix: string): Encoder {
  const { name, ...options } = config.encoder;
  const encoder = name === "resnet18" ? resNet18 : convNet;
  return encoder(parameters, { ...options, channels, height, width, ...(prefix && { prefix }) });
}

/** The model of several views: an encoder each, or one for all; `encoder` is the first view's. */
function makeSeveral(gpu: Gpu, config: TrainConfig, data: TrainTest): { several: Several; model: Model } {
  const parameters = new Parameters(gpu, config.seed);
  const several = new Several(config, data, (images, prefix) => makeEncoder(parameters, config, images, prefix));
  const [encoder] = several.encoders;
  if (!encoder) throw new UsageError("views: there are none");
  return { several, model: { parameters, encoder } };
}

/** Everything that a run holds on the device, and its step, recorded once. */
export class Session {
  readonly loader: Loader;
  readonly steps: number;
  readonly rate: (step: number) => number;
  readonly plan: Plan;
  readonly model: Model;
  readonly train: ResidentImages;
  readonly test: ResidentImages;
  /** Of an objective that holds different views of a sample against each other. */
  readonly several: Several | undefined;
  readonly ledger: Ledger;
  readonly objective: Objective;
  readonly #optimiser: Optimiser;
  readonly #index: Operand;

  /** Builds and records; allocates nothing. @throws UsageError, ShapeError, OutOfGpuMemoryError */
  constructor(
    readonly gpu: Gpu,
    readonly config: TrainConfig,
    readonly data: TrainTest,
  ) {
    const { batch, seed, epochs } = config;
    this.loader = new Loader({ length: data.train.length, batchSize: batch, seed });
    this.steps = epochs * this.loader.stepsPerEpoch;
    this.rate = schedule(scheduleOf(config, this.steps));
    const { several, model } =
      config.objective.name === "cmc" ? makeSeveral(gpu, config, data) : { several: undefined, model: makeModel(gpu, config, data.train) };
    this.several = several;
    this.model = model;
    const { parameters, encoder } = model;
    this.objective = several?.objective(gpu, data.train.length) ?? makeObjective(gpu, config, data.train.length, encoder);
    this.#optimiser = makeOptimiser(parameters, config.optimiser);
    const loaded = several?.load(gpu, data); // a colour split has one resident for both views
    this.train = loaded?.train[0] ?? makeResident(gpu, data.train);
    this.test = loaded?.test[0] ?? makeResident(gpu, data.test);
    this.ledger = new Ledger(gpu, LEDGER_ROWS);
    this.plan = new Plan(gpu, "training step");
    this.#index = this.plan.input("index", [batch], "u32");
    this.#record();
  }

  /** One training step, top to bottom: views, loss, gradients, update, and what the objective remembers. */
  #record(): void {
    const { plan, objective } = this;
    const tape = openTape(plan, true);
    const view = makeView(this.config.view as ViewConfig);
    const own = () => Array.from({ length: objective.views }, (_, n) => view(tape, this.train, this.#index, n));
    const views = this.several?.record(tape, this.#index) ?? own();
    const { loss, report, commit } = objective.step(tape, { views, index: this.#index });
    tape.backward(loss);
    this.model.parameters.collect(tape);
    this.#optimiser.step(plan);
    commit();
    this.ledger.note(tape, report);
  }

  /** Appends a step to the device's queue; waits only until the one before the last is done. */
  async step(step: number): Promise<void> {
    const { epoch, indices } = this.loader.at(step);
    this.plan.run({ seed: this.config.seed, step, epoch, rate: this.rate(step) }, [[this.#index, indices]]);
    await this.plan.pace(1);
  }

  /** One pass over the data before the first step, for an objective that asks for it: fills a bank with the encoder's features. */
  async prepare(): Promise<void> {
    if (!this.objective.prepare) return;
    const { batch, seed } = this.config;
    const plan = new Plan(this.gpu, "preparation");
    const index = plan.input("index", [batch], "u32");
    const tape = openTape(plan, true); // batch statistics: the running ones know nothing yet
    const view = evaluationView(this.config.view as ViewConfig);
    const own = () => Array.from({ length: this.objective.views }, (_, n) => view(tape, this.train, index, n));
    const views = this.several?.still(tape, index) ?? own();
    this.objective.prepare(tape, { views, index });
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

  /** Every tensor that a checkpoint holds: `encoder.*` with PyTorch's names, `optimiser.*` (`momentum`, or `mean` and `variance`), and the objective's own. */
  state(): State {
    const operands = (prefix: string, places: ReadonlyMap<string, Place>) =>
      [...places].map(([name, { shape, slot }]): [string, Operand] => [`${prefix}.${name}`, { shape, slot, dtype: "f32" }]);
    return new Map([
      ...operands("encoder", this.model.parameters.named()),
      ...operands("optimiser", this.#optimiser.named()),
      ...Object.entries(this.objective.state()),
    ]);
  }

  close(): void {
    this.plan.close();
    this.ledger.destroy();
    this.objective.destroy();
    this.#optimiser.destroy();
    this.model.parameters.destroy();
    this.train.store.destroy();
    this.test.store.destroy();
    this.several?.destroy();
  }
}

/** The objectives by name. Each file in `src/objectives/` is complete in itself; this is the one list of them. */
function makeObjective(gpu: Gpu, { objective, batch, seed }: TrainConfig, rows: number, encoder: Encoder): Objective {
  const { name, ...options } = objective;
  const encode: Encode = (tape, view) => encoder.forward(tape, view);
  if (name === "invaspread") return new InvaSpread({ batch, encode }, options);
  return new InstDisc(gpu, { rows, dim: encoder.dim, encode, seed }, options);
}

/** A cosine without an end runs to the end of training. */
function scheduleOf({ schedule }: TrainConfig, steps: number): ScheduleConfig {
  return (schedule.kind === "cosine" ? { steps, ...schedule } : schedule) as ScheduleConfig;
}

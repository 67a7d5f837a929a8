import type { Tape } from "../autograd.ts";
import type { ImageDataset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import type { View } from "../data/views/common.ts";
import type { ResidentImages } from "../data/views/resident.ts";
import type { ViewConfig } from "../data/views/view.ts";
import { makeViews, type ViewSet, type ViewShape, type ViewsOption } from "../data/views/views.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Encoder } from "../nn/encoder.ts";
import { Cmc } from "../objectives/cmc.ts";
import { checkChoice } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { TrainConfig } from "./config.ts";

/** Builds the encoder of a config for images of one shape, its parameters under `prefix`. */
type Build = (images: Pick<ImageDataset, "channels" | "height" | "width">, prefix: string) => Encoder;

/** Two halves of a data set, view by view, on the device. */
interface Halves {
  readonly train: readonly ResidentImages[];
  readonly test: readonly ResidentImages[];
}

/** What a run of an objective with several different views of each sample is made of: the views, an encoder for each, the data behind them. */
export class Several {
  readonly set: ViewSet;
  /** One a view; the same one for all when it is shared. */
  readonly encoders: readonly Encoder[];
  readonly #shared: boolean;
  readonly #config: TrainConfig;
  #residents: Halves | undefined;

  /** @throws UsageError for views that the data cannot give, and for a shared encoder over views of different shapes */
  constructor(config: TrainConfig, data: TrainTest, build: Build) {
    const { views, encoders = "separate" } = config.objective;
    checkChoice("cmc: encoders", encoders, ["separate", "shared"]);
    this.#config = config;
    this.#shared = encoders === "shared";
    this.set = makeViews(views as ViewsOption | undefined, config.view as ViewConfig, data.train);
    if (this.#shared) checkShapes(this.set.views);
    const one = this.#shared ? build(first(this.set.views), "") : undefined;
    this.encoders = this.set.views.map((view) => one ?? build(view, view.name));
  }

  /** The objective, over the samples of the training data. @throws UsageError, OutOfGpuMemoryError */
  objective(gpu: Gpu, rows: number): Cmc {
    const { name, views, encoders, ...options } = this.#config.objective;
    const own = this.encoders.map((encoder) => (tape: Tape, view: Tensor) => encoder.forward(tape, view));
    const encode = this.#shared ? first(own) : own;
    return new Cmc(gpu, { rows, dim: first(this.encoders).dim, views: this.set.views, encode, seed: this.#config.seed }, options);
  }

  /** Puts the data on the device. */
  load(gpu: Gpu, { train, test }: TrainTest): Halves {
    this.#residents ??= { train: this.set.residents(gpu, train), test: this.set.residents(gpu, test) };
    return this.#residents;
  }

  /** Appends the training views of a batch. */
  record(tape: Tape, index: Operand): readonly Tensor[] {
    return this.set.record(tape, this.#loaded().train, index);
  }

  /** Appends the views of a batch of the training data as evaluation sees them. */
  still(tape: Tape, index: Operand): readonly Tensor[] {
    return this.set.evaluate(tape, this.#loaded().train, index);
  }

  /** View `v` of one half, as evaluation sees it. */
  viewOf(half: keyof Halves, v: number): View {
    return (tape, _, index) => at(this.set.evaluate(tape, this.#loaded()[half], index), v);
  }

  #loaded(): Halves {
    if (!this.#residents) throw new UsageError("views: the data are not on the device yet");
    return this.#residents;
  }

  destroy(): void {
    for (const { store } of [...(this.#residents?.train ?? []), ...(this.#residents?.test ?? [])]) store.destroy();
  }
}

function checkShapes(views: readonly ViewShape[]): void {
  const shape = ({ channels, height, width }: ViewShape) => `${channels} x ${height} x ${width}`;
  const stray = views.find((view) => shape(view) !== shape(first(views)));
  if (!stray) return;
  const found = views.map((view) => `${view.name} ${shape(view)}`).join(", ");
  throw new UsageError(`cmc: a shared encoder needs views of one shape, got ${found}: use encoders separate`);
}

function at<T>(values: readonly T[], i: number): T {
  const value = values[i];
  if (value === undefined) throw new UsageError(`views: there is no view ${i}, only ${values.length}`);
  return value;
}

const first = <T>(values: readonly T[]): T => at(values, 0);

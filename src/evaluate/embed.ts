import type { Tape } from "../autograd.ts";
import type { View } from "../data/views/common.ts";
import { plainView } from "../data/views/plain.ts";
import type { ResidentImages } from "../data/views/resident.ts";
import { ShapeError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { Operand } from "../gpu/slot.ts";
import { STILL } from "../gpu/step.ts";
import { openTape } from "../ops/tape.ts";
import { checkNames } from "../options.ts";
import type { Tensor } from "../tensor.ts";

/** An encoder's forward pass: images f32 [B, C, H, W] to features [B, D]. */
export type Forward = (tape: Tape, images: Tensor) => Tensor;

export interface EmbedOptions {
  /** Images in one run of the plan. Default 256, or all when there are fewer. The features do not depend on it. */
  readonly batch?: number | undefined;
  /** What the encoder sees. Default: the plain image, 0 to 1. Give the training's `evaluationView` where that normalises. */
  readonly view?: View | undefined;
  /** Which of a sample's views, when `view` is a random one. Default 0. */
  readonly number?: number | undefined;
  /** Of the random numbers of `view`. Default 0. */
  readonly seed?: number | undefined;
}

/** An encoder and a set of images, recorded once in evaluation mode (running statistics); embeds as often as wanted while it learns. */
export class Embedder {
  readonly plan: Plan;
  /** Size of a feature. */
  readonly dim: number;
  readonly #index: Operand;
  readonly #features: Tensor;
  readonly #seed: number;

  /** Records; allocates nothing. @throws UsageError for a batch below 1 or unknown options */
  constructor(
    gpu: Gpu,
    forward: Forward,
    readonly images: ResidentImages,
    options: EmbedOptions = {},
  ) {
    checkNames("embed", options, ["batch", "view", "number", "seed"]);
    const { batch = Math.min(256, images.length), view = plainView({ kind: "plain" }), number = 0, seed = 0 } = options;
    if (!Number.isInteger(batch) || batch < 1) throw new UsageError(`embed: batch must be an integer of at least 1, got ${batch}`);
    this.#seed = seed;
    this.plan = new Plan(gpu, "embedding");
    this.#index = this.plan.input("index", [batch], "u32");
    const tape = openTape(this.plan, false);
    this.#features = this.plan.keep(forward(tape, view(tape, images, this.#index, number)));
    const [B, D = 0] = this.#features.shape;
    if (this.#features.shape.length !== 2 || B !== batch) {
      throw new ShapeError(`embed: the encoder must give [${batch}, D], got [${this.#features.shape}]`);
    }
    this.dim = D;
  }

  /**
   * Features of the images of `indices` (default: all, in order), [n, D] row by row.
   * @throws UsageError for an index outside the images
   */
  async embed(indices: ArrayLike<number> = everything(this.images.length)): Promise<Float32Array> {
    const bad = Array.prototype.findIndex.call(indices, (i: number) => !(Number.isInteger(i) && i >= 0 && i < this.images.length));
    if (bad >= 0) throw new UsageError(`embed: there is no image ${indices[bad]}; there are ${this.images.length}`);
    await this.plan.open();
    const [batch = 1] = this.#index.shape;
    const features = new Float32Array(indices.length * this.dim);
    for (let from = 0; from < indices.length; from += batch) {
      // The last batch is filled up with its last image: sizes are part of the recorded plan.
      const ids = Uint32Array.from({ length: batch }, (_, i) => indices[Math.min(from + i, indices.length - 1)] ?? 0);
      this.plan.run({ ...STILL, seed: this.#seed }, [[this.#index, ids]]);
      const rows = (await this.plan.read(this.#features)) as Float32Array;
      features.set(rows.subarray(0, Math.min(batch, indices.length - from) * this.dim), from * this.dim);
    }
    return features;
  }

  close(): void {
    this.plan.close();
  }
}

/** Features [n, D] of resident images, in evaluation mode: an `Embedder` for one use. @throws UsageError as `Embedder` */
export async function embed(
  gpu: Gpu,
  forward: Forward,
  images: ResidentImages,
  options: EmbedOptions & { readonly indices?: ArrayLike<number> | undefined } = {},
): Promise<Float32Array> {
  const { indices, ...rest } = options;
  const embedder = new Embedder(gpu, forward, images, rest);
  try {
    return await embedder.embed(indices);
  } finally {
    embedder.close();
  }
}

const everything = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => i);

import type { Tape } from "../autograd.ts";
import type { HostRows } from "../bank/rows.ts";
import type { View } from "../data/views/common.ts";
import type { ResidentImages } from "../data/views/resident.ts";
import { InternalError } from "../errors.ts";
import { Embedder, embed } from "../evaluate/embed.ts";
import { centredOn } from "../evaluate/meters.ts";
import type { Encoder } from "../nn/encoder.ts";
import { permutation } from "../random.ts";
import type { Tensor } from "../tensor.ts";
import type { Session } from "./session.ts";

/** Features [N, D] of both halves of the data, view by view. */
export interface ViewFeatures {
  readonly train: readonly HostRows[];
  readonly test: readonly HostRows[];
}

/** Embeds a run's data, every view with its encoder: recorded once, run at each evaluation. */
export class ViewEmbedders {
  readonly #train: readonly Embedder[];
  readonly #test: readonly Embedder[];

  constructor(private readonly session: Session) {
    const { gpu, learner } = session;
    const all = (residents: readonly ResidentImages[]) =>
      learner.encoders.map((encoder, v) => {
        const view: View = (tape, _, index) => learner.views.evaluate(tape, residents, index, v);
        return new Embedder(gpu, (tape, images) => encoder.forward(tape, images), at(residents, 0), { view });
      });
    this.#train = all(session.train);
    this.#test = all(session.test);
  }

  async features(): Promise<ViewFeatures> {
    const rows = async (embedders: readonly Embedder[]): Promise<HostRows[]> => {
      const views: HostRows[] = [];
      for (const embedder of embedders) views.push({ data: await embedder.embed(), shape: [embedder.images.length, embedder.dim] });
      return views;
    };
    const [train, test] = [await rows(this.#train), await rows(this.#test)];
    if (!this.session.learner.sequences) return { train, test };
    return { train: train.map((view) => centredOn(view)), test: test.map((view, v) => centredOn(view, at(train, v))) };
  }

  /** Latents and contexts [N * T, D] of the first held-out samples; undefined where the objective has none. */
  async sequences(count: number): Promise<{ readonly latents: HostRows; readonly contexts: HostRows } | undefined> {
    const { gpu, learner, test } = this.session;
    const { sequences } = learner;
    if (!sequences) return undefined;
    const images = at(test, 0);
    const view: View = (tape, _, index) => learner.views.evaluate(tape, test, index, 0);
    const indices = Array.from({ length: Math.min(count, images.length) }, (_, i) => i);
    const side = async (of: "latents" | "context"): Promise<HostRows> => {
      let dim = 1;
      const forward = (tape: Tape, x: Tensor): Tensor => {
        const made = sequences(tape, x)[of];
        dim = made.shape[2] ?? 1;
        return made.as([x.shape[0] ?? 0, made.size / (x.shape[0] ?? 1)]);
      };
      const data = await embed(gpu, forward, images, { view, indices, batch: Math.min(64, indices.length) });
      return { data, shape: [data.length / dim, dim] };
    };
    return { latents: await side("latents"), contexts: await side("context") };
  }

  /**
   * Features of two training views of the same `count` held-out samples: two augmentations of an image, or the first two of several
   * views. At every evaluation the same ones: a function of the run's seed.
   */
  async positives(count: number): Promise<readonly [HostRows, HostRows]> {
    const { gpu, config, learner, test } = this.session;
    const { seed } = config;
    const images = at(test, 0);
    const indices = permutation(images.length, seed, 0).subarray(0, count);
    const side = async (v: number): Promise<HostRows> => {
      const encoder: Encoder = learner.encoders[v] ?? at(learner.encoders, 0);
      const view: View = (tape, _, index) => at(learner.views.record(tape, test, index, 2), v);
      const options = { view, seed, indices, batch: Math.min(64, indices.length) };
      const data = await embed(gpu, (tape, x) => encoder.forward(tape, x), images, options);
      return { data, shape: [indices.length, encoder.dim] };
    };
    return [await side(0), await side(1)];
  }

  close(): void {
    for (const embedder of [...this.#train, ...this.#test]) embedder.close();
  }
}

export function at<T>(values: readonly T[], i: number): T {
  const value = values[i];
  if (value === undefined) throw new InternalError(`there is no view ${i}, only ${values.length}`);
  return value;
}

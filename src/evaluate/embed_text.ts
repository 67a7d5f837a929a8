import type { EncodedDocument } from "../data/text/encode.ts";
import { type PassageInputs, type PassageSizes, passageInputs, passagesOf, passageValues } from "../data/text/passages.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import { STILL } from "../gpu/step.ts";
import type { PassageEncoder } from "../nn/encoders/text.ts";
import { openTape } from "../ops/tape.ts";
import type { Tensor } from "../tensor.ts";
import type { ClipFeatures } from "./embed_sound.ts";

/**
 * An encoder of passages, recorded once in evaluation mode; embeds documents as often as wanted while it learns. A document is cut into passages,
 * one after the other; every sentence counts once, and contexts start anew with each passage.
 */
export class TextEmbedder {
  readonly plan: Plan;
  readonly #inputs: PassageInputs;
  readonly #sizes: PassageSizes;
  readonly #latents: Tensor;
  readonly #context: Tensor;

  /** Records; allocates nothing. @param batch passages in one run */
  constructor(
    gpu: Gpu,
    private readonly encoder: PassageEncoder,
    batch = 32,
  ) {
    this.plan = new Plan(gpu, "embedding");
    const { sentences: T, words: W, vocabulary: V } = encoder.config;
    this.#sizes = { B: batch, T, W, V };
    this.#inputs = passageInputs(this.plan, this.#sizes);
    const { latents, context } = encoder.forward(openTape(this.plan, false), this.#inputs.words, this.#inputs.length);
    this.#latents = this.plan.keep(latents);
    this.#context = this.plan.keep(context);
  }

  /** Features of all documents, in their order: as of clips, a sentence being a frame. */
  async embed(documents: readonly EncodedDocument[]): Promise<ClipFeatures> {
    await this.plan.open();
    const { dim, units } = this.encoder;
    const N = documents.length;
    const blank = (D: number) => ({ data: new Float32Array(N * D), shape: [N, D] as const });
    const features = { "mean context": blank(units), "last context": blank(units), "mean latents": blank(dim), "last latents": blank(dim) };
    const { B, T } = this.#sizes;
    const passages = passagesOf(documents, T, 1);
    for (let at = 0; at < passages.length; at += B) {
      const some = passages.slice(at, at + B);
      this.plan.run(STILL, passageValues(this.#inputs, documents, some, this.#sizes));
      const [contexts, latents] = [await this.plan.read(this.#context), await this.plan.read(this.#latents)];
      some.forEach(({ document, first, sentences }, b) => {
        const all = documents[document]?.sentences.length ?? 1;
        const last = first + sentences === all;
        for (const [name, rows, D] of [["context", contexts, units] as const, ["latents", latents, dim] as const]) {
          const own = rows.subarray(b * T * D, (b * T + sentences) * D);
          addMean(features[`mean ${name}`].data.subarray(document * D, (document + 1) * D), own, 1 / all);
          if (last) features[`last ${name}`].data.set(own.subarray(own.length - D), document * D);
        }
      });
    }
    return features;
  }

  close(): void {
    this.plan.close();
  }
}

/** Adds `share` of the sum of rows [n, D] to `to` [D]. */
function addMean(to: Float32Array, rows: ArrayLike<number>, share: number): void {
  for (let i = 0; i < rows.length; i++) to[i % to.length] = (to[i % to.length] ?? 0) + share * (rows[i] ?? 0);
}

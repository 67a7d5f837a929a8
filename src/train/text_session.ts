import type { Tape } from "../autograd.ts";
import type { Corpus } from "../data/text/corpus.ts";
import { type Passage, passageBatch, passagesOf } from "../data/text/passages.ts";
import { NonFiniteError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { TypedArray } from "../gpu/readback.ts";
import type { Operand } from "../gpu/slot.ts";
import { contextLayer } from "../nn/context.ts";
import { type TextEncoder, textEncoder } from "../nn/encoders/text.ts";
import type { Layer } from "../nn/layer.ts";
import { Parameters } from "../nn/parameters.ts";
import { Cpc, type CpcOptions } from "../objectives/cpc.ts";
import { type Words, wordPlaces } from "../ops/embedding.ts";
import { Ledger } from "../ops/ledger.ts";
import { reshape } from "../ops/reshape.ts";
import { openTape } from "../ops/tape.ts";
import { makeOptimiser } from "../optim/make.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { checkNames, checkNumber } from "../options.ts";
import { permutation } from "../random.ts";
import type { Tensor } from "../tensor.ts";

/** Everything that a training on sentences depends on, its corpus apart: plain data. */
export interface TextTraining {
  readonly seed: number;
  /** Passages a step, B, and sentences of one, T. */
  readonly batch: number;
  readonly sentences: number;
  /** Words of a sentence at most, W: as the corpus has them. */
  readonly words: number;
  readonly steps: number;
  /** Learning rate of Adam. */
  readonly rate: number;
  readonly embedding: number;
  readonly width: number;
  readonly kernel: number;
  /** Units of the GRU over sentences. */
  readonly units: number;
  readonly cpc: CpcOptions;
}

export const TEXT_DEFAULTS: TextTraining = {
  ...{ seed: 1, batch: 16, sentences: 12, words: 32, steps: 600, rate: 3e-3, embedding: 64, width: 96, kernel: 3, units: 96 },
  cpc: { profile: "text" },
};

/** What a training says as it goes on. */
export interface TextPoint {
  readonly event: "text";
  /** Steps so far; means over those since the point before. */
  readonly step: number;
  readonly figures: { readonly [name: string]: number };
}

/** Features of documents, means over their sentences. */
export interface TextFeatures {
  /** f32[N, width] of latents, f32[N, units] of contexts. */
  readonly latents: Float32Array<ArrayBuffer>;
  readonly contexts: Float32Array<ArrayBuffer>;
}

const LEDGER = 64;

interface Recorded {
  readonly words: Words;
  readonly length: Operand;
  readonly episodes: Operand;
}

/**
 * Contrastive prediction of the next sentences (van den Oord, Li, Vinyals 2018, section 3.3): a sentence encoder, a GRU over the sentences of a
 * passage, and the sentences of all passages of the step to tell the next ones from.
 */
export class TextSession {
  readonly parameters: Parameters;
  readonly optimiser: Optimiser;
  readonly objective: Cpc;
  readonly config: TextTraining;
  readonly passages: readonly Passage[];
  readonly #ledger: Ledger;
  readonly #training: Plan;
  readonly #embedding: Plan;
  readonly #inputs: Recorded;
  readonly #seen: Recorded;
  readonly #features: { readonly latents: Tensor; readonly contexts: Tensor };

  /** Records and opens both plans. @throws UsageError on an unknown option, a value out of range, or documents too short to predict in */
  static async create(gpu: Gpu, corpus: Corpus, options: Partial<TextTraining> = {}): Promise<TextSession> {
    const session = new TextSession(gpu, corpus, { ...TEXT_DEFAULTS, ...options });
    await session.#training.open();
    await session.#embedding.open();
    return session;
  }

  private constructor(
    gpu: Gpu,
    readonly corpus: Corpus,
    config: TextTraining,
  ) {
    checkNames("text", config, Object.keys(TEXT_DEFAULTS));
    for (const name of ["batch", "sentences", "words", "steps"] as const)
      checkNumber(`text: ${name}`, config[name], { min: 1, integer: true });
    checkNumber("text: rate", config.rate, { min: 0, above: true });
    this.config = config;
    const { batch, sentences: T, words, embedding, width, kernel, units } = config;
    this.parameters = new Parameters(gpu, config.seed);
    const encoder = textEncoder(this.parameters, { vocabulary: corpus.vocabulary.size, words, embedding, width, kernel });
    const context = contextLayer(this.parameters, "context", "gru", width, units);
    const setting = { parameters: this.parameters, batch, frames: T, latents: width, context: units };
    const forward = (tape: Tape, given: Recorded) => encoded(tape, given, encoder, context, [batch, T, width]);
    this.objective = new Cpc({ ...setting, encode: (tape) => forward(tape, this.#inputs) }, config.cpc);
    this.passages = passagesOf(corpus.documents, T, 2 + this.objective.choices.skip);
    this.optimiser = makeOptimiser(this.parameters, { name: "adam" });
    this.#ledger = new Ledger(gpu, LEDGER);
    this.#training = new Plan(gpu, "predicting sentences");
    this.#inputs = this.#record(this.#training);
    const tape = openTape(this.#training, true);
    const { latents, context: contexts } = forward(tape, this.#inputs);
    const { loss, accuracy, bound } = this.objective.predict(tape, latents, contexts, { episodes: this.#inputs.episodes });
    tape.backward(loss);
    this.parameters.collect(tape);
    this.optimiser.step(this.#training);
    this.#ledger.note(tape, { loss, accuracy, bound });
    this.#embedding = new Plan(gpu, "embedding documents");
    this.#seen = this.#record(this.#embedding);
    const made = forward(openTape(this.#embedding, false), this.#seen);
    this.#features = { latents: this.#embedding.keep(made.latents), contexts: this.#embedding.keep(made.context) };
  }

  #record(plan: Plan): Recorded {
    const { batch: B, sentences: T, words: W } = this.config;
    const input = (label: string, n: readonly number[]) => plan.input(label, n, "u32");
    const words = {
      index: input("words", [B * T * W]),
      places: input("places", [B * T * W]),
      starts: input("starts", [this.corpus.vocabulary.size + 1]),
    };
    return { words, length: input("lengths", [B * T]), episodes: input("passages", [B, T]) };
  }

  /** What a plan reads of some passages. */
  #given(to: Recorded, passages: readonly Passage[]): (readonly [Operand, TypedArray])[] {
    const { batch: B, sentences: T, words: W } = this.config;
    const { index, length, episodes } = passageBatch(this.corpus.documents, passages, { B, T, W });
    const { places, starts } = wordPlaces(index, this.corpus.vocabulary.size);
    return [
      ...([
        [to.words.index, index],
        [to.words.places, places],
        [to.words.starts, starts],
      ] as const),
      ...([
        [to.length, length],
        [to.episodes, episodes],
      ] as const),
    ];
  }

  /**
   * Trains for as many steps as the config says, passages in another order every epoch.
   * @param every steps from point to point, at most 64
   * @returns whether it came to its end: not when the signal was aborted
   * @throws NonFiniteError when the loss is no number
   */
  async train(emit: (point: TextPoint) => void, signal?: AbortSignal, every = 20): Promise<boolean> {
    const { steps, batch: B, seed, rate } = this.config;
    const perEpoch = Math.max(1, Math.floor(this.passages.length / B));
    let order = permutation(this.passages.length, seed, 0);
    for (let step = 0; step < steps; step++) {
      if (signal?.aborted) return false;
      const [epoch, at] = [Math.floor(step / perEpoch), step % perEpoch];
      if (at === 0) order = permutation(this.passages.length, seed, epoch);
      const chosen = Array.from(order.subarray(at * B, (at + 1) * B)).flatMap((i) => this.passages[i] ?? []);
      this.#training.run({ seed, step, epoch, rate }, this.#given(this.#inputs, chosen));
      await this.#training.pace();
      const [done, since] = [step + 1, step % every];
      if (since + 1 < every && done < steps) continue;
      emit({ event: "text", step: done, figures: await this.#means(step - since, done) });
    }
    return true;
  }

  async #means(from: number, to: number): Promise<{ [name: string]: number }> {
    const rows = await this.#ledger.read(from, to);
    const mean = (name: string) => rows.reduce((sum, row) => sum + (row[name] ?? Number.NaN), 0) / rows.length;
    const figures = { loss: mean("loss"), accuracy: mean("accuracy"), bound: mean("bound") };
    if (!Number.isFinite(figures.loss)) throw new NonFiniteError(`text: the loss is ${figures.loss} by step ${to}. Take a lower rate`);
    return figures;
  }

  /** Features of all documents by the encoder as it is now. */
  async embed(): Promise<TextFeatures> {
    const { batch: B, sentences: T, width, units } = this.config;
    const { documents } = this.corpus;
    const sums = { latents: new Float32Array(documents.length * width), contexts: new Float32Array(documents.length * units) };
    const all = passagesOf(documents, T, 1);
    for (let at = 0; at < all.length; at += B) {
      const some = all.slice(at, at + B);
      this.#embedding.run(undefined, this.#given(this.#seen, some));
      for (const [name, size] of [
        ["latents", width],
        ["contexts", units],
      ] as const) {
        const data = await this.#embedding.read(this.#features[name]);
        some.forEach(({ document, sentences }, b) => {
          const share = 1 / (documents[document]?.sentences.length ?? 1);
          for (let i = 0; i < sentences * size; i++) {
            const to = document * size + (i % size);
            sums[name][to] = (sums[name][to] ?? 0) + share * (data[b * T * size + i] ?? 0);
          }
        });
      }
    }
    return sums;
  }

  /** Frees everything. */
  close(): void {
    for (const plan of [this.#training, this.#embedding]) plan.close();
    for (const part of [this.parameters, this.optimiser, this.#ledger]) part.destroy();
  }
}

function encoded(
  tape: Tape,
  { words, length }: Recorded,
  encoder: TextEncoder,
  context: Layer,
  shape: readonly number[],
): { readonly latents: Tensor; readonly context: Tensor } {
  const latents = reshape(tape, encoder.forward(tape, words, length), shape);
  return { latents, context: context(tape, latents) };
}

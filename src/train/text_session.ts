import type { Tape } from "../autograd.ts";
import { Loader } from "../data/loader.ts";
import { type EncodedDocument, encodeTexts, vocabularyOf } from "../data/text/encode.ts";
import {
  type Passage,
  type PassageConfig,
  type PassageInputs,
  type PassageSizes,
  passageConfig,
  passageInputs,
  passagesOf,
  passageValues,
} from "../data/text/passages.ts";
import type { TextTrainTest } from "../data/text/texts.ts";
import { Vocabulary } from "../data/text/vocabulary.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Plan } from "../gpu/plan.ts";
import type { PassageEncoder } from "../nn/encoders/text.ts";
import { Parameters } from "../nn/parameters.ts";
import type { Cpc } from "../objectives/cpc.ts";
import { Ledger } from "../ops/ledger.ts";
import { loadOptimiser, type MakeOptimiser } from "../optim/make.ts";
import type { Optimiser } from "../optim/optimiser.ts";
import { schedule } from "../optim/schedule.ts";
import { Tensor } from "../tensor.ts";
import type { State } from "./checkpoint.ts";
import type { TrainConfig } from "./config.ts";
import { objectiveOptions } from "./parts.ts";
import { recordStep } from "./record.ts";
import { type RunAppraiser, type RunSession, stateOf } from "./run_session.ts";
import { LEDGER_ROWS, scheduleOf } from "./session.ts";

/** An encoder of passages with its parameters: all that is needed to embed texts. */
export interface TextModel {
  readonly parameters: Parameters;
  readonly encoder: PassageEncoder;
}

/** The parts of a run on text: one encoder, one objective. */
export interface TextParts {
  readonly makeEncoder: (parameters: Parameters, options: object) => PassageEncoder;
  readonly Objective: typeof Cpc;
}

/** Loads what every run on text is made of, kernels included. */
export async function loadTextParts(): Promise<TextParts> {
  const [{ passageEncoder }, { Cpc }] = await Promise.all([import("../nn/encoders/text.ts"), import("../objectives/cpc.ts")]);
  return { makeEncoder: passageEncoder, Objective: Cpc };
}

/** The encoder that a config describes, with its start values. @param V numbers that a word can have @throws UsageError */
export function makeTextModel(
  gpu: Gpu,
  { encoder: { name: _, ...options }, view, seed }: Pick<TrainConfig, "encoder" | "view" | "seed">,
  V: number,
  makeEncoder: TextParts["makeEncoder"],
): TextModel {
  const { sentences, words } = passageConfig(view);
  const parameters = new Parameters(gpu, seed);
  return { parameters, encoder: makeEncoder(parameters, { ...options, sentences, words, vocabulary: V }) };
}

/** A training step on passages that the host fills in, recorded. */
export interface TextStep {
  readonly objective: Cpc;
  readonly optimiser: Optimiser;
  readonly inputs: PassageInputs;
  readonly sizes: PassageSizes;
}

/** Records one training step: the sentences to come are told from those of the scope. @throws UsageError */
export function recordTextStep(
  plan: Plan,
  { parameters, encoder }: TextModel,
  config: TrainConfig,
  { Objective, makeOptimiser }: Pick<TextParts, "Objective"> & { readonly makeOptimiser: MakeOptimiser },
  ledger?: Ledger,
): TextStep {
  const { batch: B } = config;
  const { frames: T, dim: latents, units: context } = encoder;
  const sizes = { B, T, W: encoder.config.words, V: encoder.config.vocabulary };
  const inputs = passageInputs(plan, sizes);
  const { words, length, episodes } = inputs;
  const encode = (tape: Tape, index: Tensor) => encoder.forward(tape, { ...words, index }, length);
  const objective = new Objective({ parameters, batch: B, frames: T, latents, context, encode }, objectiveOptions(config.objective));
  const { negatives } = objective.choices;
  if (negatives.startsWith("speaker"))
    throw new UsageError(`negatives "${negatives}": texts do not say who speaks: expected all, batch, sequence or others`);
  if (config.accumulate > 1) throw new UsageError(`accumulate: cpc cannot: ${objective.accumulates}`);
  const optimiser = makeOptimiser(parameters, config.optimiser);
  recordStep(plan, {
    ...{ objective, parameters, optimiser, ledger },
    index: [plan.input("index", [B], "u32")], // nothing is remembered of a sample
    views: () => [new Tensor(words.index.slot, words.index.shape, "u32")],
    told: { episodes },
  });
  return { objective, optimiser, inputs, sizes };
}

/**
 * Everything that a run of contrastive prediction on text holds (van den Oord, Li, Vinyals 2018, section 3.3), and its step, recorded once: a sentence
 * encoder, a context over the sentences of a passage, the sentences of all passages of the step to tell the next ones from.
 */
export class TextSession implements RunSession {
  readonly unit = "document";
  readonly counts: { readonly train: number; readonly test: number };
  readonly view: PassageConfig;
  readonly words: Vocabulary;
  /** Both parts as numbers. */
  readonly encoded: { readonly train: readonly EncodedDocument[]; readonly test: readonly EncodedDocument[] };
  readonly loader: Loader;
  readonly steps: number;
  readonly rate: (step: number) => number;
  readonly model: TextModel;
  readonly ledger: Ledger;
  readonly plan: Plan;
  readonly #step: TextStep;
  readonly #passages: readonly Passage[];

  /**
   * Loads, builds and records; allocates nothing.
   * @param known the words that a run which goes on began with; default: those of the training documents
   * @throws UsageError, ShapeError, OutOfGpuMemoryError
   */
  static async create(gpu: Gpu, config: TrainConfig, data: TextTrainTest, known?: readonly string[]): Promise<TextSession> {
    const parts = { ...(await loadTextParts()), makeOptimiser: await loadOptimiser(config.optimiser) };
    return new TextSession(gpu, config, data, known, parts);
  }

  private constructor(
    readonly gpu: Gpu,
    readonly config: TrainConfig,
    readonly data: TextTrainTest,
    known: readonly string[] | undefined,
    parts: TextParts & { readonly makeOptimiser: MakeOptimiser },
  ) {
    const { batch, seed, epochs } = config;
    this.view = passageConfig(config.view);
    this.counts = { train: data.train.documents.length, test: data.test.documents.length };
    this.words = known ? new Vocabulary(known) : vocabularyOf(data.train, { size: this.view.vocabulary });
    const encode = (part: TextTrainTest["train"]) => encodeTexts(part, this.words, this.view.words);
    this.encoded = { train: encode(data.train), test: encode(data.test) };
    this.model = makeTextModel(gpu, config, this.words.size, parts.makeEncoder);
    this.ledger = new Ledger(gpu, LEDGER_ROWS);
    this.plan = new Plan(gpu, "training step");
    this.#step = recordTextStep(this.plan, this.model, config, parts, this.ledger);
    this.#passages = passagesOf(this.encoded.train, this.view.sentences, 2 + this.objective.choices.skip);
    this.loader = new Loader({ length: this.#passages.length, batchSize: batch, seed });
    this.steps = epochs * this.loader.stepsPerEpoch;
    this.rate = schedule(scheduleOf(config, this.steps), this.loader.stepsPerEpoch);
  }

  get objective(): Cpc {
    return this.#step.objective;
  }

  get vocabulary(): readonly string[] {
    return this.words.words;
  }

  /** Appends a step to the device's queue; waits only until the one before the last is done. */
  async step(step: number): Promise<void> {
    const { epoch, indices } = this.loader.at(step);
    const passages = Array.from(indices).flatMap((i) => this.#passages[i] ?? []);
    const { inputs, sizes } = this.#step;
    const values = passageValues(inputs, this.encoded.train, passages, sizes);
    this.plan.run({ seed: this.config.seed, step, epoch, rate: this.rate(step) }, values);
    await this.plan.pace(1);
  }

  async prepare(): Promise<void> {}

  state(): State {
    return stateOf(this.model.parameters, this.#step.optimiser, this.objective);
  }

  async appraiser(): Promise<RunAppraiser> {
    const [{ SequenceAppraiser }, { textParts }] = await Promise.all([import("./sequence_appraise.ts"), import("./text_appraise.ts")]);
    return new SequenceAppraiser(this, textParts(this));
  }

  close(): void {
    this.plan.close();
    this.ledger.destroy();
    this.#step.optimiser.destroy();
    this.model.parameters.destroy();
  }
}

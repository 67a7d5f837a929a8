import type { Tape } from "../../autograd.ts";
import { UsageError } from "../../errors.ts";
import type { Operand } from "../../gpu/slot.ts";
import { embedding, type Words } from "../../ops/embedding.ts";
import { swapAxes } from "../../ops/frame.ts";
import { meanSteps } from "../../ops/mean_steps.ts";
import { relu } from "../../ops/relu.ts";
import { reshape } from "../../ops/reshape.ts";
import { checkNames, checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { type ContextKind, contextLayer } from "../context.ts";
import type { Init } from "../init.ts";
import type { Parameters } from "../parameters.ts";
import { conv1dLayer } from "../sequence_layers.ts";
import type { Sequences } from "./sound.ts";

export interface TextConfig {
  /** Numbers that a word can have. */
  readonly vocabulary: number;
  /** Words of a sentence at most, W. */
  readonly words: number;
  /** Numbers in a word's vector. The paper: 620. */
  readonly embedding: number;
  /** Numbers in a latent. The paper: 2400. */
  readonly width: number;
  /** Words that the convolution sees at a time, an odd number. */
  readonly kernel: number;
}

const DEFAULTS: TextConfig = { vocabulary: 20_001, words: 32, embedding: 64, width: 128, kernel: 3 };

export interface TextEncoder {
  /** Numbers in a latent. */
  readonly dim: number;
  readonly config: TextConfig;
  /** S sentences of W words, index u32[S W] and length u32[S] -> latents [S, dim], none of them normalised; 0 for a sentence of no words. */
  forward(tape: Tape, words: Words, length: Operand): Tensor;
}

/** torch.nn.Embedding's. */
const normal: Init = (shape, draw) => Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => draw.normal(i));

/**
 * Sentence encoder of CPC (van den Oord, Li, Vinyals 2018, section 3.3): word vectors, a 1-D convolution, ReLU, the mean over the words.
 * Parameters: `embedding.weight` [vocabulary, embedding], `conv.weight` [width, embedding, kernel], `conv.bias`.
 * @throws UsageError on an unknown option or a value that makes no network
 */
export function textEncoder(parameters: Parameters, options: Partial<TextConfig> = {}): TextEncoder {
  const config = { ...DEFAULTS, ...options };
  checkNames("textEncoder", config, Object.keys(DEFAULTS));
  for (const [name, value] of Object.entries(config)) checkNumber(`textEncoder: ${name}`, value, { min: 1, integer: true });
  if (config.kernel % 2 === 0) throw new UsageError(`textEncoder: kernel: expected an odd number, got ${config.kernel}`);
  const { vocabulary, words: W, embedding: E, width, kernel } = config;
  const table = parameters.add("embedding.weight", [vocabulary, E], normal);
  const conv = conv1dLayer(parameters, "conv", E, width, { kernel, padding: Math.floor(kernel / 2) });
  return {
    dim: width,
    config,
    forward(tape, words, length) {
      const [S = 0] = length.shape;
      const vectors = reshape(tape, embedding(tape, table, words), [S, W, E]);
      return meanSteps(tape, relu(tape, conv(tape, swapAxes(tape, vectors))), length);
    },
  };
}

export interface PassageEncoderConfig extends TextConfig {
  /** Sentences of a passage, T. */
  readonly sentences: number;
  /** What makes a context of the sentences so far: `gru` (default, the paper), `lstm` or `conv`. */
  readonly context: ContextKind;
  /** Numbers in a context. Default 96. The paper: 2400. */
  readonly units: number;
  /** Layers of a `conv` context. Default 3. */
  readonly layers: number;
}

export interface PassageEncoder {
  readonly config: PassageEncoderConfig;
  /** Numbers in a latent. */
  readonly dim: number;
  /** Numbers in a context. */
  readonly units: number;
  /** Sentences of a passage T. */
  readonly frames: number;
  /** B passages of T sentences of W words, index u32[B T W] and length u32[B T] -> latents and contexts, none of them normalised. */
  forward(tape: Tape, words: Words, length: Operand): Sequences;
}

const OWN = { sentences: 12, context: "gru", units: 96, layers: 3 } as const;

/**
 * A sentence encoder and what sums up the sentences of a passage, as one model. Parameters: those of `textEncoder`, and `context.*`.
 * @throws UsageError on an unknown option or a value out of range
 */
export function passageEncoder(parameters: Parameters, options: Partial<PassageEncoderConfig> = {}): PassageEncoder {
  const { sentences, context, units, layers, ...text } = { ...OWN, ...options };
  for (const [name, value] of Object.entries({ sentences, units, layers }))
    checkNumber(`textEncoder: ${name}`, value, { min: 1, integer: true });
  const encoder = textEncoder(parameters, text);
  const { dim } = encoder;
  const contexts = contextLayer(parameters, "context", context, dim, units, { layers });
  return {
    ...{ dim, units, frames: sentences },
    config: { ...encoder.config, sentences, context, units, layers },
    forward(tape, words, length) {
      const [S = 0] = length.shape;
      const latents = reshape(tape, encoder.forward(tape, words, length), [S / sentences, sentences, dim]);
      return { latents, context: contexts(tape, latents) };
    },
  };
}

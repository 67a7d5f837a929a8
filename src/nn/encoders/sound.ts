import type { Tape } from "../../autograd.ts";
import { checkNames, checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { type ContextKind, contextLayer } from "../context.ts";
import type { Parameters } from "../parameters.ts";
import { type AudioConfig, audioEncoder, audioFrames, FRAME } from "./audio.ts";

export interface SoundEncoderConfig extends AudioConfig {
  /** What makes a context of the frames so far: `gru` (default, the paper), `lstm` (CPC_audio) or `conv`. */
  readonly context: ContextKind;
  /** Numbers in a context. Default 256. */
  readonly units: number;
  /** Layers of a `conv` context. Default 3. */
  readonly layers: number;
}

/** Latents f32[B, T, dim] and contexts f32[B, T, units] of windows. */
export interface Sequences {
  readonly latents: Tensor;
  readonly context: Tensor;
}

export interface SoundEncoder {
  /** Frames of a window T. */
  readonly frames: number;
  /** Numbers in a latent. */
  readonly dim: number;
  /** Numbers in a context. */
  readonly units: number;
  readonly config: SoundEncoderConfig;
  /** Frames of a window that begins with so many samples of a clip and goes on in silence; at least one. */
  framesOf(samples: number): number;
  /** x[B, samples] -> latents and contexts, none of them normalised. */
  forward(tape: Tape, x: Tensor): Sequences;
}

const OWN = { context: "gru", units: 256, layers: 3 } as const;

/**
 * A waveform's encoder and what sums up its frames, as one model (van den Oord, Li, Vinyals 2018, section 3.1). Parameters: those of
 * `audioEncoder`, and `context.*`.
 * @throws UsageError on an unknown option or a value out of range
 */
export function soundEncoder(parameters: Parameters, options: Partial<SoundEncoderConfig> = {}): SoundEncoder {
  const { context, units, layers, ...audio } = { ...OWN, ...options };
  checkNames("soundEncoder", audio, ["input", "rate", "samples", "width", "norm", "prefix"]);
  checkNumber("soundEncoder: units", units, { min: 1, integer: true });
  checkNumber("soundEncoder: layers", layers, { min: 1, integer: true });
  const encoder = audioEncoder(parameters, audio);
  const { dim, frames, config } = encoder;
  const name = config.prefix ? `${config.prefix}.context` : "context";
  const contexts = contextLayer(parameters, name, context, dim, units, { layers });
  return {
    frames,
    dim,
    units,
    config: { ...config, context, units, layers },
    framesOf: (samples) => (samples < FRAME ? 1 : audioFrames(Math.min(samples, config.samples), config.input)),
    forward(tape, x) {
      const latents = encoder.forward(tape, x);
      return { latents, context: contexts(tape, latents) };
    },
  };
}

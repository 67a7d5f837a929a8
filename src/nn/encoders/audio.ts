import type { Tape } from "../../autograd.ts";
import { ShapeError, UsageError } from "../../errors.ts";
import { convSize } from "../../ops/conv2d.ts";
import { swapAxes } from "../../ops/frame.ts";
import { relu } from "../../ops/relu.ts";
import { reshape } from "../../ops/reshape.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { type Layer, sequential } from "../layer.ts";
import { batchNormLayer } from "../layers.ts";
import { LOG_MEL_BANDS, LOG_MEL_HOP, logMelLayer } from "../log_mel.ts";
import type { Parameters } from "../parameters.ts";
import { channelNormLayer, conv1dLayer } from "../sequence_layers.ts";

/** What stands between a convolution and its ReLU. `channel`: over the channels of each step; `batch`: over batch and time, which leaks. */
export type AudioNorm = "channel" | "batch" | "none";
export const AUDIO_NORMS: readonly AudioNorm[] = ["channel", "batch", "none"];

/** Samples from frame to frame, and of the shortest window. */
export const FRAME = 160;

/** What the convolutions see: samples (the paper), or 40 log-mel bands, by which far fewer steps teach far more where time is short. */
export type AudioInput = "waveform" | "log-mel";
export const AUDIO_INPUTS: readonly AudioInput[] = ["waveform", "log-mel"];

export interface AudioConfig {
  readonly input: AudioInput;
  /** Samples per second: of `log-mel`, which the mel scale is drawn up for. */
  readonly rate: number;
  /** Samples of a window; the paper's 20,480 at 16 kHz are 128 frames. */
  readonly samples: number;
  /** Channels of every layer: numbers in a latent. The paper: 512; CPC_audio: 256. */
  readonly width: number;
  readonly norm: AudioNorm;
  /** Put before every parameter's name, with a dot; for models of several encoders. */
  readonly prefix: string;
}

const DEFAULTS: AudioConfig = { input: "waveform", rate: 16_000, samples: 20_480, width: 256, norm: "channel", prefix: "" };

/** Kernel, stride and padding of the layers: 160 samples a frame either way. */
const LAYERS: { readonly [input in AudioInput]: readonly (readonly [number, number, number])[] } = {
  // Each frame sees 465 samples (the paper; paddings of CPC_audio).
  waveform: [
    [10, 5, 3],
    [8, 4, 2],
    [4, 2, 1],
    [4, 2, 1],
    [4, 2, 1],
  ],
  // Seven spectra, 80 samples apart: 680 samples.
  "log-mel": [
    [3, 2, 1],
    [3, 1, 1],
  ],
};

export interface AudioEncoder {
  /** Numbers in a latent. */
  readonly dim: number;
  /** Frames of a window. */
  readonly frames: number;
  readonly config: AudioConfig;
  /** x[B, samples] -> latents [B, frames, dim], none of them normalised. */
  forward(tape: Tape, x: Tensor): Tensor;
}

/**
 * Five strided convolutions over a waveform (van den Oord, Li, Vinyals 2018, section 3.1), or two over its log-mel spectra. Parameters:
 * `conv0.weight` [width, 1, 10], `conv0.bias` (none before a batch norm), `norm0.weight`, `norm0.bias`, ..., `conv4`, `norm4`; of log-mel
 * `conv0.weight` [width, 40, 3] and so on up to `norm1`, and the `spectrum.*` of `logMelLayer`.
 * @throws UsageError on an unknown option, or a window too short for one frame
 */
export function audioEncoder(parameters: Parameters, options: Partial<AudioConfig> = {}): AudioEncoder {
  const config = check({ ...DEFAULTS, ...options });
  const { input, rate, samples, width, norm, prefix } = config;
  const name = (suffix: string) => (prefix ? `${prefix}.${suffix}` : suffix);
  const front = input === "log-mel" ? [logMelLayer(parameters, name("spectrum"), rate)] : [];
  const first = input === "log-mel" ? LOG_MEL_BANDS : 1;
  const layers = LAYERS[input].flatMap(([kernel, stride, padding], i): Layer[] => [
    conv1dLayer(parameters, name(`conv${i}`), i === 0 ? first : width, width, { kernel, stride, padding, bias: norm !== "batch" }),
    normLayer(parameters, name(`norm${i}`), width, norm),
  ]);
  const network = sequential(...front, ...layers);
  const frames = audioFrames(samples, input);
  return {
    dim: width,
    frames,
    config,
    forward(tape, x) {
      const [B = 0] = x.shape;
      if (x.shape.join() !== [B, samples].join()) throw new ShapeError(`audioEncoder: expected [B, ${samples}], got [${x.shape}]`);
      return swapAxes(tape, network(tape, reshape(tape, x, [B, 1, samples])));
    },
  };
}

/** Frames that a window of so many samples gives. @throws UsageError when it is too short for one */
export const audioFrames = (samples: number, input: AudioInput = "waveform"): number =>
  LAYERS[input].reduce(
    (n, [kernel, stride, padding]) => convSize(n, kernel, stride, padding, 1),
    input === "log-mel" ? Math.ceil(samples / LOG_MEL_HOP) : samples,
  );

function normLayer(parameters: Parameters, name: string, channels: number, norm: AudioNorm): Layer {
  if (norm === "none") return relu;
  return norm === "batch"
    ? batchNormLayer(parameters, name, channels, { relu: true })
    : channelNormLayer(parameters, name, channels, { relu: true });
}

function check(config: AudioConfig): AudioConfig {
  checkNames("audioEncoder", config, Object.keys(DEFAULTS));
  checkChoice("audioEncoder: input", config.input, AUDIO_INPUTS);
  checkNumber("audioEncoder: rate", config.rate, { min: 1 });
  checkNumber("audioEncoder: samples of a window", config.samples, { min: FRAME, integer: true });
  if (config.input === "log-mel" && config.samples % LOG_MEL_HOP !== 0)
    throw new UsageError(`audioEncoder: input log-mel: expected windows of a multiple of ${LOG_MEL_HOP} samples, got ${config.samples}`);
  checkNumber("audioEncoder: width", config.width, { min: 2, integer: true });
  checkChoice("audioEncoder: norm", config.norm, AUDIO_NORMS);
  return config;
}

import { channelNorm } from "../ops/channel_norm.ts";
import { type Conv1dOptions, conv1d } from "../ops/conv1d.ts";
import { conv2d } from "../ops/conv2d.ts";
import { maskTaps, type TapMask } from "../ops/mask_taps.ts";
import { defaultBias, defaultWeight, ones, zeros } from "./init.ts";
import type { Layer } from "./layer.ts";
import type { Parameters } from "./parameters.ts";

export interface Conv1dLayerOptions extends Omit<Conv1dOptions, "bias"> {
  readonly kernel: number;
  /** Default true. */
  readonly bias?: boolean;
}

/** `NAME.weight` [outputs, inputs, kernel] and, unless `bias` is false, `NAME.bias`: torch.nn.Conv1d. [B, inputs, T] -> [B, outputs, T']. */
export function conv1dLayer(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  { kernel, bias = true, ...options }: Conv1dLayerOptions,
): Layer {
  const weight = parameters.add(`${name}.weight`, [outputs, inputs, kernel], defaultWeight);
  const shift = bias ? parameters.add(`${name}.bias`, [outputs], defaultBias(inputs * kernel)) : undefined;
  return (tape, x) => conv1d(tape, x, weight, { ...options, bias: shift });
}

/** A convolution over steps that sees its own step and those before: [B, inputs, T] -> [B, outputs, T]. Named as `conv1dLayer`. */
export function causalConvLayer(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  { kernel, dilation = 1, bias = true }: { readonly kernel: number; readonly dilation?: number; readonly bias?: boolean },
): Layer {
  return conv1dLayer(parameters, name, inputs, outputs, { kernel, dilation, bias, padding: dilation * (kernel - 1), paddingAfter: 0 });
}

/**
 * A convolution of images that sees the pixels before its own in reading order, rows above and to the left (mask `A`), or its own as well
 * (`B`): PixelCNN's. Mask `rows`: the rows above and all of its own. `NAME.weight` [outputs, inputs, kernel, kernel], `NAME.bias`. [B, inputs, H, W] -> [B, outputs, H, W].
 */
export function maskedConvLayer(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  { kernel, mask }: { readonly kernel: number; readonly mask: TapMask },
): Layer {
  const weight = parameters.add(`${name}.weight`, [outputs, inputs, kernel, kernel], defaultWeight);
  const bias = parameters.add(`${name}.bias`, [outputs], defaultBias(inputs * kernel * kernel));
  return (tape, x) => conv2d(tape, x, maskTaps(tape, weight, mask), { padding: (kernel - 1) / 2, bias });
}

/** `NAME.weight` and `NAME.bias` [channels]: every step of [B, channels, T] standardised over its channels, with an optional ReLU after it. */
export function channelNormLayer(
  parameters: Parameters,
  name: string,
  channels: number,
  { relu = false }: { readonly relu?: boolean } = {},
): Layer {
  const weight = parameters.add(`${name}.weight`, [channels], ones);
  const bias = parameters.add(`${name}.bias`, [channels], zeros);
  return (tape, x) => channelNorm(tape, x, { weight, bias, relu });
}

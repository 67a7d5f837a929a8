import { batchNorm } from "../ops/batch_norm.ts";
import { conv2d, type Pair } from "../ops/conv2d.ts";
import { linear } from "../ops/matmul.ts";
import { defaultBias, defaultWeight, type Init, ones, zeros } from "./init.ts";
import type { Layer } from "./layer.ts";
import type { Parameters } from "./parameters.ts";

/** `NAME.weight` [outputs, inputs] and, unless `bias` is false, `NAME.bias`: torch.nn.Linear. [B, inputs] -> [B, outputs]. */
export function linearLayer(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  { bias = true, init = defaultWeight }: { readonly bias?: boolean; readonly init?: Init } = {},
): Layer {
  const weight = parameters.add(`${name}.weight`, [outputs, inputs], init);
  const shift = bias ? parameters.add(`${name}.bias`, [outputs], defaultBias(inputs)) : undefined;
  return (tape, x) => linear(tape, x, weight, shift);
}

export interface Conv2dLayerOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride?: Pair;
  readonly padding?: Pair;
  readonly dilation?: Pair;
  /** Default true. A batch norm right after makes it useless. */
  readonly bias?: boolean;
  readonly init?: Init;
}

/** `NAME.weight` OIHW and, unless `bias` is false, `NAME.bias`: torch.nn.Conv2d. [B, inputs, H, W] -> [B, outputs, H', W']. */
export function conv2dLayer(
  parameters: Parameters,
  name: string,
  inputs: number,
  outputs: number,
  { kernel, bias = true, init = defaultWeight, ...options }: Conv2dLayerOptions,
): Layer {
  const [height, width] = typeof kernel === "number" ? [kernel, kernel] : kernel;
  const weight = parameters.add(`${name}.weight`, [outputs, inputs, height, width], init);
  const shift = bias ? parameters.add(`${name}.bias`, [outputs], defaultBias(inputs * height * width)) : undefined;
  return (tape, x) => conv2d(tape, x, weight, { ...options, bias: shift });
}

/**
 * `NAME.running_mean`, `NAME.running_var` and, if `affine`, `NAME.weight` and `NAME.bias`: torch.nn.BatchNorm, with an optional
 * ReLU after it. [B, channels, ...] -> the same.
 */
export function batchNormLayer(
  parameters: Parameters,
  name: string,
  channels: number,
  { affine = true, relu = false }: { readonly affine?: boolean; readonly relu?: boolean } = {},
): Layer {
  const learned = affine && {
    weight: parameters.add(`${name}.weight`, [channels], ones),
    bias: parameters.add(`${name}.bias`, [channels], zeros),
  };
  const runningMean = parameters.buffer(`${name}.running_mean`, [channels], 0);
  const runningVar = parameters.buffer(`${name}.running_var`, [channels], 1);
  return (tape, x) => batchNorm(tape, x, { runningMean, runningVar, affine: learned || undefined, relu });
}

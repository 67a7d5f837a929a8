import { UsageError } from "../../errors.ts";
import { convSize } from "../../ops/conv2d.ts";
import { flatten } from "../../ops/reshape.ts";
import { widen } from "../../ops/widths.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import { type Activations, type ImageEncoder, imageEncoder } from "../encoder.ts";
import { sequential } from "../layer.ts";
import { batchNormLayer, conv2dLayer } from "../layers.ts";
import type { Parameters } from "../parameters.ts";
import { HEADS, type Head, projectionHead } from "./head.ts";

export interface ConvNetConfig {
  /** Input: channels, height and width in pixels. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Output channels of each conv - batch norm - ReLU block. */
  readonly blocks: readonly number[];
  readonly kernel: number;
  readonly stride: number;
  /** Size of a feature. */
  readonly dim: number;
  readonly head: Head;
  /** How blocks keep what they hand on, `f32` or `f16`: half the memory, where the adapter has shader-f16. Default f32. */
  readonly activations: Activations;
  /** Put before every parameter's name, with a dot; for models of several encoders. */
  readonly prefix: string;
}

const DEFAULTS: ConvNetConfig = {
  channels: 1,
  height: 28,
  width: 28,
  blocks: [16, 32, 64],
  kernel: 3,
  stride: 2,
  dim: 64,
  head: "plain",
  activations: "f32",
  prefix: "",
};

/**
 * Strided convolutions, each with batch norm and ReLU, then flatten, linear, L2 norm: x[B, channels, height, width] -> [B, dim].
 * Parameters: `blocks.0.conv.weight`, `blocks.0.norm.weight`, ..., `head.weight`, `head.bias` (plain) or `head_norm.running_mean`
 * (standardised). Convolutions have no bias: the batch norm would take it away.
 * @throws UsageError on an unknown option or a value that makes no network.
 */
export function convNet(parameters: Parameters, options: Partial<ConvNetConfig> = {}): ImageEncoder<ConvNetConfig> {
  const config = check({ ...DEFAULTS, ...options });
  const { kernel, stride, dim, head, height, width } = config;
  const padding = Math.floor(kernel / 2);
  const name = (suffix: string) => (config.prefix ? `${config.prefix}.${suffix}` : suffix);
  const shape = { channels: config.channels, height, width };
  const blocks = config.blocks.map((channels, i) => {
    const inputs = shape.channels;
    shape.channels = channels;
    shape.height = convSize(shape.height, kernel, stride, padding, 1);
    shape.width = convSize(shape.width, kernel, stride, padding, 1);
    return sequential(
      conv2dLayer(parameters, name(`blocks.${i}.conv`), inputs, channels, { kernel, stride, padding, bias: false }),
      batchNormLayer(parameters, name(`blocks.${i}.norm`), channels, { relu: true }),
    );
  });
  const features = shape.channels * shape.height * shape.width;
  return imageEncoder("convNet", config, blocks, sequential(widen, flatten, projectionHead(parameters, name("head"), features, dim, head)));
}

function check(config: ConvNetConfig): ConvNetConfig {
  checkNames("convNet", config, Object.keys(DEFAULTS));
  for (const name of ["channels", "height", "width", "kernel", "stride", "dim"] as const) {
    checkNumber(`convNet: ${name}`, config[name], { min: 1, integer: true });
  }
  if (!Array.isArray(config.blocks) || config.blocks.length === 0) throw new UsageError("convNet: blocks must be a list of channel counts");
  for (const channels of config.blocks) checkNumber("convNet: blocks", channels, { min: 1, integer: true });
  checkChoice("convNet: head", config.head, HEADS);
  return config;
}

import type { Tape } from "../../autograd.ts";
import { ShapeError, UsageError } from "../../errors.ts";
import { swapAxes } from "../../ops/frame.ts";
import { l2norm } from "../../ops/l2norm.ts";
import { type PatchSize, patchCounts, patchGrid } from "../../ops/patch_grid.ts";
import { globalMeanPool } from "../../ops/pool.ts";
import { relu } from "../../ops/relu.ts";
import { reshape } from "../../ops/reshape.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { GRID_CONTEXTS, type GridContextKind, gridContext } from "../context.ts";
import type { Encoder } from "../encoder.ts";
import { type Layer, sequential } from "../layer.ts";
import { conv2dLayer } from "../layers.ts";
import type { Parameters } from "../parameters.ts";
import { channelNormLayer } from "../sequence_layers.ts";
import type { Sequences } from "./sound.ts";

/** What stands between a convolution and its ReLU: nothing of other patches leaks through either. */
export type PatchNorm = "channel" | "none";
export const PATCH_NORMS: readonly PatchNorm[] = ["channel", "none"];

export interface PatchNetConfig {
  /** Input: channels, height and width in pixels. */
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Pixels of a patch, and from one patch to the next. The paper: 64 and 32 of 256. */
  readonly patch: number;
  readonly step: number;
  /** Channels of each convolution, which halves the patch; the last ones are the numbers in a latent, a multiple of 4. */
  readonly blocks: readonly number[];
  readonly norm: PatchNorm;
  /** What makes a context of the patches so far: `pixel` (PixelCNN, the paper), `rows` (own row whole) or `gru` (down each column). */
  readonly context: GridContextKind;
  /** Numbers in a context. */
  readonly units: number;
  /** Layers of a convolutional context: each sees one patch further. */
  readonly layers: number;
  /** Put before every parameter's name, with a dot; for models of several encoders. */
  readonly prefix: string;
}

const DEFAULTS: PatchNetConfig = {
  ...{ channels: 1, height: 28, width: 28, patch: 8, step: 4 },
  ...{ blocks: [32, 64, 64], norm: "channel", context: "pixel", units: 64, layers: 3, prefix: "" },
};

/** An encoder of images patch by patch. */
export interface PatchEncoder extends Encoder<PatchNetConfig> {
  /** Of the grid of patches. */
  readonly rows: number;
  readonly columns: number;
  /** Numbers in a context. */
  readonly units: number;
  /** x[B, C, H, W] -> latents [B, rows * columns, dim] and contexts [B, rows * columns, units] in reading order, none of them normalised. */
  grid(tape: Tape, x: Tensor): Sequences;
}

/**
 * Overlapping patches, each through a small convolutional network with a mean over its pixels at the end, and what sums up the patches above
 * (van den Oord, Li, Vinyals 2018, section 3.2). `forward` gives the mean of an image's patches as a unit row. Parameters: `blocks.0.conv.weight`,
 * `blocks.0.conv.bias`, `blocks.0.norm.weight`, ..., `context.*`.
 * @throws UsageError on an unknown option or a value that makes no network
 */
export function patchNet(parameters: Parameters, options: Partial<PatchNetConfig> = {}): PatchEncoder {
  const config = check({ ...DEFAULTS, ...options });
  const { channels, height, width, units } = config;
  const dim = config.blocks.at(-1) ?? 0;
  const input = [channels, height, width];
  const size: PatchSize = { size: config.patch, stride: config.step };
  const { rows, columns } = patchCounts(size, height, width);
  const name = (suffix: string) => (config.prefix ? `${config.prefix}.${suffix}` : suffix);
  const patch = sequential(
    ...config.blocks.map((outputs, i) => block(parameters, name(`blocks.${i}`), config, i, outputs)),
    globalMeanPool,
  );
  const context = gridContext(parameters, name("context"), config.context, dim, units, { rows, columns, layers: config.layers });
  const latents = (tape: Tape, x: Tensor): Tensor => {
    const [B = 0] = x.shape;
    if (x.shape.join() !== [B, ...input].join()) throw new ShapeError(`patchNet: expected [B, ${input.join(", ")}], got [${x.shape}]`);
    return reshape(tape, patch(tape, patchGrid(tape, x, size)), [B, rows * columns, dim]);
  };
  return {
    ...{ dim, input, config, rows, columns, units },
    grid(tape, x) {
      const made = latents(tape, x);
      return { latents: made, context: context(tape, made) };
    },
    forward(tape, x) {
      const made = latents(tape, x);
      const shape = [made.shape[0] ?? 0, dim, rows, columns];
      return l2norm(tape, globalMeanPool(tape, reshape(tape, swapAxes(tape, made), shape)));
    },
  };
}

function block(parameters: Parameters, name: string, { channels, blocks, norm }: PatchNetConfig, i: number, outputs: number): Layer {
  const inputs = blocks[i - 1] ?? channels;
  const conv = conv2dLayer(parameters, `${name}.conv`, inputs, outputs, { kernel: 3, stride: 2, padding: 1 });
  if (norm === "none") return sequential(conv, relu);
  const standardise = channelNormLayer(parameters, `${name}.norm`, outputs, { relu: true });
  return (tape, x) => {
    const y = conv(tape, x);
    const [N = 0, C = 0, H = 0, W = 0] = y.shape;
    return reshape(tape, standardise(tape, reshape(tape, y, [N, C, H * W])), y.shape);
  };
}

function check(config: PatchNetConfig): PatchNetConfig {
  checkNames("patchNet", config, Object.keys(DEFAULTS));
  const { channels, height, width, patch, step, blocks, units, layers } = config;
  for (const [name, value] of Object.entries({ channels, height, width, patch, step, units, layers }))
    checkNumber(`patchNet: ${name}`, value, { min: 1, integer: true });
  if (!Array.isArray(blocks) || blocks.length === 0) throw new UsageError("patchNet: blocks must be a list of channel counts");
  for (const count of blocks) checkNumber("patchNet: blocks", count, { min: 2, integer: true });
  if ((blocks.at(-1) ?? 0) % 4 !== 0) throw new UsageError(`patchNet: blocks: the last must be a multiple of 4, got ${blocks.at(-1)}`);
  checkChoice("patchNet: norm", config.norm, PATCH_NORMS);
  checkChoice("patchNet: context", config.context, GRID_CONTEXTS);
  if (patch > Math.min(height, width))
    throw new UsageError(`patchNet: patches of ${patch} pixels do not fit images of ${height} x ${width}. Take smaller ones`);
  return config;
}

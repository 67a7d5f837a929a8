import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import { elements } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import type { Layer } from "./layer.ts";

/** What every encoder offers to an objective: images (or another input) to unit rows. */
export interface Encoder<Config extends object = object> {
  /** Size of a feature. */
  readonly dim: number;
  /** Input of one sample, without the batch: [C, H, W] for images. */
  readonly input: readonly number[];
  /** Every option with its value: what a checkpoint stores, and what builds the same encoder again. */
  readonly config: Config;
  /** x[B, ...input] -> features [B, dim], rows of length 1. */
  forward(tape: Tape, x: Tensor): Tensor;
}

/** An encoder of images, whose features are made of maps. */
export interface ImageEncoder<Config extends object = object> extends Encoder<Config> {
  /**
   * x[B, C, H, W] -> the map [B, Cs, Hs, Ws] after each block, first block first; the features are the head's view of the last. For what
   * looks at places in the image: segmentation.
   */
  maps(tape: Tape, x: Tensor): readonly Tensor[];
}

/** What the config of an encoder of images says, whatever its layers. */
interface ImageConfig {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly dim: number;
}

/** An encoder of images over its blocks and its head; `where` names it in the error for images of another size. */
export function imageEncoder<Config extends ImageConfig>(
  where: string,
  config: Config,
  blocks: readonly Layer[],
  head: Layer,
): ImageEncoder<Config> {
  const input = [config.channels, config.height, config.width];
  const maps = (tape: Tape, x: Tensor): Tensor[] => {
    const batch = x.size / elements(input);
    if (x.shape.join() !== [batch, ...input].join()) throw new ShapeError(`${where}: expected [B, ${input.join(", ")}], got [${x.shape}]`);
    const found: Tensor[] = [];
    for (const block of blocks) found.push(block(tape, found.at(-1) ?? x));
    return found;
  };
  return { dim: config.dim, input, config, maps, forward: (tape, x) => head(tape, maps(tape, x).at(-1) ?? x) };
}

import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import { elements } from "../gpu/slot.ts";
import { narrow, widen } from "../ops/widths.ts";
import { checkChoice } from "../options.ts";
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

/** How an encoder keeps what its layers hand on: everything else, and all arithmetic, is f32 either way. f16 needs the feature shader-f16. */
export type Activations = "f32" | "f16";

/** What the config of an encoder of images says, whatever its layers. */
interface ImageConfig {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly dim: number;
  readonly activations: Activations;
}

/**
 * An encoder of images over its blocks and its head, which get f16 where the config says so; `where` names it in errors.
 * @throws UsageError on other activations
 */
export function imageEncoder<Config extends ImageConfig>(
  where: string,
  config: Config,
  blocks: readonly Layer[],
  head: Layer,
): ImageEncoder<Config> {
  checkChoice(`${where}: activations`, config.activations, ["f32", "f16"]);
  const input = [config.channels, config.height, config.width];
  const kept = (tape: Tape, x: Tensor): Tensor[] => {
    const batch = x.size / elements(input);
    if (x.shape.join() !== [batch, ...input].join()) throw new ShapeError(`${where}: expected [B, ${input.join(", ")}], got [${x.shape}]`);
    const found: Tensor[] = [];
    const first = config.activations === "f16" ? narrow(tape, x) : x;
    for (const block of blocks) found.push(block(tape, found.at(-1) ?? first));
    return found;
  };
  return {
    ...{ dim: config.dim, input, config },
    maps: (tape, x) => kept(tape, x).map((map) => widen(tape, map)),
    forward: (tape, x) => head(tape, kept(tape, x).at(-1) ?? x),
  };
}

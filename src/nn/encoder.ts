import type { Tape } from "../autograd.ts";
import type { Tensor } from "../tensor.ts";

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

import type { Tape } from "../../autograd.ts";
import { ShapeError, UsageError } from "../../errors.ts";
import type { Operand } from "../../gpu/slot.ts";
import { checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import type { ResidentImages } from "./resident.ts";

/**
 * Appends one launch that makes the views of a batch, straight from the resident bytes.
 * @param index u32 [B], below N: which images; also their identity for the random numbers, a function of (seed, step, index, number)
 * @param number which of a sample's views this is (0, 1, ...): each has its own random numbers. Below 2^28.
 * @param noise the same for what changes colours. Default: `number`. Views of different sources that share their geometry differ in this.
 * @returns f32 [B, C, H, W], C the channels of the images, or their classes
 */
export type View = (tape: Tape, images: ResidentImages, index: Operand, number?: number, noise?: number) => Tensor;

/** Pixels are scaled to 0 .. 1, then (x - mean) / std, for all channels or channel by channel (up to four). */
export interface Normalise {
  readonly mean: number | readonly number[];
  /** Above 0. */
  readonly std: number | readonly number[];
}

/** What every kernel takes: gain and bias of four channels. */
export interface Levels {
  readonly gain0: number;
  readonly gain1: number;
  readonly gain2: number;
  readonly gain3: number;
  readonly bias0: number;
  readonly bias1: number;
  readonly bias2: number;
  readonly bias3: number;
}

/** Checks a normalisation as far as that goes without knowing the images. @throws UsageError */
export function checkNormalise(where: string, normalise: Normalise | undefined): void {
  if (!normalise) return;
  for (const mean of list(normalise.mean)) {
    if (!Number.isFinite(mean)) throw new UsageError(`${where}: mean: expected finite numbers, got ${mean}`);
  }
  for (const std of list(normalise.std)) checkNumber(`${where}: std`, std, { min: 0, above: true });
}

/** Gain and bias for bytes of `channels` channels. @throws UsageError when the normalisation has another number of channels */
export function levels(channels: number, { mean, std }: Normalise = { mean: 0, std: 1 }): Levels {
  const of = (what: string, values: number | readonly number[], c: number): number => {
    if (typeof values === "number") return values;
    if (values.length !== channels || channels > 4) {
      throw new UsageError(
        `view: normalise.${what} has ${values.length} values for images of ${channels} channels (give one number, or one a channel up to 4)`,
      );
    }
    return values[Math.min(c, channels - 1)] ?? 0;
  };
  const gain = (c: number): number => 1 / (255 * of("std", std, c));
  const bias = (c: number): number => -of("mean", mean, c) / of("std", std, c);
  return { gain0: gain(0), gain1: gain(1), gain2: gain(2), gain3: gain(3), bias0: bias(0), bias1: bias(1), bias2: bias(2), bias3: bias(3) };
}

/** Batch size of an index operand. @throws ShapeError unless it is u32 [B] */
export function batchOf(index: Operand): number {
  const [B = 0] = index.shape;
  if (index.shape.length !== 1 || B < 1 || index.dtype !== "u32")
    throw new ShapeError(`view: index must be u32 [B], got ${index.dtype} [${index.shape}]`);
  return B;
}

/** @throws UsageError unless `number` names a view */
export function checkNumberOfView(number: number): void {
  checkNumber("view: number", number, { min: 0, max: 2 ** 28 - 1, integer: true });
}

const list = (values: number | readonly number[]): readonly number[] => (typeof values === "number" ? [values] : values);

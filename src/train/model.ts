import type { ImageDataset } from "../data/images.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Encoder } from "../nn/encoder.ts";
import { Parameters } from "../nn/parameters.ts";
import type { TrainConfig } from "./config.ts";

/** An encoder of images of a given size; the other options are the config's. */
export type MakeEncoder = (parameters: Parameters, options: object) => Encoder;

/** An encoder with its parameters: all that is needed to embed images. */
export interface Model {
  readonly parameters: Parameters;
  readonly encoder: Encoder;
}

/** The encoder that a config describes, for images of this size, with its start values. @throws UsageError */
export function makeModel(
  gpu: Gpu,
  { encoder, seed }: Pick<TrainConfig, "encoder" | "seed">,
  images: Pick<ImageDataset, "channels" | "height" | "width">,
  makeEncoder: MakeEncoder,
): Model {
  const parameters = new Parameters(gpu, seed);
  return { parameters, encoder: makeEncoder(parameters, encoderOptions(encoder, images)) };
}

/** What an encoder of a config is made with, for images of this size. */
export function encoderOptions(
  { name: _, ...options }: TrainConfig["encoder"],
  { channels, height, width }: Pick<ImageDataset, "channels" | "height" | "width">,
): object {
  return { ...options, channels, height, width };
}

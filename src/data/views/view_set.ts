import type { Tape } from "../../autograd.ts";
import type { Operand } from "../../gpu/slot.ts";
import type { Tensor } from "../../tensor.ts";
import type { ImageDataset } from "../images.ts";
import type { ImageSource, ResidentImages } from "./resident.ts";
import { evaluationView, makeView, type ViewConfig, viewSize } from "./view.ts";

/** What a training step makes of a sample, and what evaluation sees of it. */
export interface ViewSet {
  /** What there is to see of a sample: one image, or V views of different kinds. */
  readonly views: readonly ViewShape[];
  /** The bytes of a data set that the views are made of: each goes to the device once. */
  sources(dataset: ImageDataset): readonly ImageSource[];
  /**
   * Appends the launches that make the training views of a batch.
   * @param residents the `sources` on the device   @param index u32[B]
   * @param count of an image's augmentations, where there is one image of a sample; of several kinds of view there is one each
   * @returns tensors f32[B, C, H, W]
   */
  record(tape: Tape, residents: readonly ResidentImages[], index: Operand, count?: number): readonly Tensor[];
  /** View `v` of `views` without anything random: what evaluation sees. */
  evaluate(tape: Tape, residents: readonly ResidentImages[], index: Operand, v: number): Tensor;
}

export interface ViewShape {
  readonly name: string;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [N] of the data set it was made for: which samples have it. Absent: all. */
  readonly present?: Uint8Array | undefined;
}

/** One image of each sample, `count` times by default: the times differ in their random numbers alone. @throws UsageError as `makeView` */
export function augmentedViews(config: ViewConfig, images: Pick<ImageDataset, "channels" | "height" | "width">, count: number): ViewSet {
  const [train, still] = [makeView(config), evaluationView(config)];
  return {
    views: [{ name: "image", ...viewSize(config, images) }],
    sources: (dataset) => [dataset],
    record: (tape, [images], index, times = count) =>
      images ? Array.from({ length: times }, (_, number) => train(tape, images, index, number)) : [],
    evaluate: (tape, residents, index) => still(tape, residents[0] as ResidentImages, index),
  };
}

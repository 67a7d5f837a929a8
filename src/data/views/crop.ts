import type { Tape } from "../../autograd.ts";
import { UsageError } from "../../errors.ts";
import { croppedView as kernel } from "../../gpu/kernels.gen.ts";
import type { Operand } from "../../gpu/slot.ts";
import { checkNames, checkNumber } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { COLOUR_OPTIONS, type ColourConfig, checkColour, recolour } from "./colour.ts";
import { batchOf, checkNormalise, checkNumberOfView, levels, type Normalise, type View } from "./common.ts";
import { type ResidentImages, viewChannels } from "./resident.ts";

/** A random rectangle of the image, resized (torchvision's RandomResizedCrop, without its antialiasing), perhaps mirrored; then colour changes, if any. */
export interface CropConfig extends ColourConfig {
  readonly kind: "crop";
  /** The rectangle's area as a share of the image's, uniform from the first to the second; above 0 to 1. Default [0.2, 1]. */
  readonly area?: readonly [number, number];
  /** Its width / height, log-uniform from the first to the second; above 0. Default [3/4, 4/3]. */
  readonly aspect?: readonly [number, number];
  /** Probability of mirroring left and right, 0 to 1. Default 0.5; use 0 where left and right differ (digits, text). */
  readonly flip?: number;
  /** Height and width of the view. Default: the image's own. */
  readonly size?: readonly [number, number];
  /** Applied last. */
  readonly normalise?: Normalise;
}

/** Random resized crop, colour changes, blur, normalisation, in this order. @throws UsageError for unknown options and values out of range */
export function croppedView(config: CropConfig): View {
  checkNames("view crop", config, ["kind", "area", "aspect", "flip", "size", "normalise", ...COLOUR_OPTIONS]);
  if (config.kind !== "crop") throw new UsageError(`view crop: got kind ${config.kind}`);
  const { area = [0.2, 1], aspect = [3 / 4, 4 / 3], flip = 0.5, size, normalise } = config;
  checkRange("view crop: area", area, 1);
  checkRange("view crop: aspect", aspect, 100);
  checkNumber("view crop: flip", flip, { min: 0, max: 1 });
  checkSize("view crop", size);
  checkNormalise("view crop", normalise);
  const colour = checkColour("view crop", config);
  const crop = { area, aspect, flip, ...(size && { size }), ...(!colour && normalise && { normalise }) };
  return (tape, images, index, number = 0, noise = number) => {
    const view = launchCrop(tape, images, index, crop, number);
    return colour ? recolour(tape, view, index, colour, noise, normalise) : view;
  };
}

type Crop = Required<Pick<CropConfig, "area" | "aspect" | "flip">> & Pick<CropConfig, "size" | "normalise">;

/** The launch behind `croppedView`; values are taken as checked. */
export function launchCrop(tape: Tape, images: ResidentImages, index: Operand, crop: Crop, number: number): Tensor {
  checkNumberOfView(number);
  const { length: N, channels: C, height: H, width: W } = images;
  const [H2, W2] = crop.size ?? [H, W];
  const B = batchOf(index);
  const K = viewChannels(images);
  const view = tape.tensor([B, K, H2, W2], "f32", "view");
  const ranges = { area0: crop.area[0], area1: crop.area[1], aspect0: crop.aspect[0], aspect1: crop.aspect[1], flip: crop.flip };
  const params = { N, C, K, H, W, H2, W2, B, number, ...ranges, ...levels(C, crop.normalise) };
  const launch = { overrides: { CLASSES: images.classes === undefined ? 0 : 1 }, flops: 150 * view.size };
  tape.launch(kernel, { images: images.bytes, index, view }, params, [Math.ceil((H2 * W2) / 256), B], launch);
  return view;
}

/** @throws UsageError unless `size` is a height and a width of 1 to 4096 */
export function checkSize(where: string, size: readonly [number, number] | undefined): void {
  if (size === undefined) return;
  if (size.length !== 2) throw new UsageError(`${where}: size: expected [height, width], got ${JSON.stringify(size)}`);
  for (const side of size) checkNumber(`${where}: size`, side, { min: 1, max: 4096, integer: true });
}

function checkRange(where: string, range: readonly [number, number], max: number): void {
  if (range.length !== 2) throw new UsageError(`${where}: expected [low, high], got ${JSON.stringify(range)}`);
  for (const end of range) checkNumber(where, end, { min: 0, above: true, max });
  if (range[0] > range[1]) throw new UsageError(`${where}: expected low <= high, got ${JSON.stringify(range)}`);
}

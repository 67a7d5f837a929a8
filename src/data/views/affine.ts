import { UsageError } from "../../errors.ts";
import { affineView as kernel } from "../../gpu/kernels.gen.ts";
import { checkChoice, checkNames, checkNumber } from "../../options.ts";
import { COLOUR_OPTIONS, type ColourConfig, checkColour, recolour } from "./colour.ts";
import { batchOf, checkNormalise, checkNumberOfView, levels, type Normalise, type View } from "./common.ts";
import { viewChannels } from "./resident.ts";

/** A random affine map about the middle of the image, bilinear, perhaps mirrored; then colour changes, if any. Each range is uniform about no change. */
export interface AffineConfig extends ColourConfig {
  readonly kind: "affine";
  /** Largest angle either way, in radians, 0 to pi. Default 0.25. */
  readonly rotation?: number;
  /** The scale is 1 - scale to 1 + scale; 0 to below 1. Default 0.2. */
  readonly scale?: number;
  /** Largest horizontal shear either way (pixels a row). Default 0.15. */
  readonly shear?: number;
  /** Largest shift either way along each axis, as a share of the side. Default 0.12. */
  readonly shift?: number;
  /** Probability of mirroring left and right, 0 to 1. Default 0: digits and text have a left and a right. */
  readonly flip?: number;
  /** What lies outside of the image: `black` (default), or its `edge` repeated, for images on a light ground. */
  readonly outside?: "black" | "edge";
  /** Applied last: what lies outside is black, not the mean. */
  readonly normalise?: Normalise;
}

/** Random affine view; the defaults are those of the MNIST recipes. @throws UsageError for unknown options and values out of range */
export function affineView(config: AffineConfig): View {
  checkNames("view affine", config, ["kind", "rotation", "scale", "shear", "shift", "flip", "outside", "normalise", ...COLOUR_OPTIONS]);
  if (config.kind !== "affine") throw new UsageError(`view affine: got kind ${config.kind}`);
  const { rotation = 0.25, scale = 0.2, shear = 0.15, shift = 0.12, flip = 0, outside = "black", normalise } = config;
  checkNumber("view affine: rotation", rotation, { min: 0, max: Math.PI });
  checkNumber("view affine: scale", scale, { min: 0, max: 0.99 });
  checkNumber("view affine: shear", shear, { min: 0, max: 10 });
  checkNumber("view affine: shift", shift, { min: 0, max: 1 });
  checkNumber("view affine: flip", flip, { min: 0, max: 1 });
  checkChoice("view affine: outside", outside, ["black", "edge"]);
  checkNormalise("view affine", normalise);
  const colour = checkColour("view affine", config);
  return (tape, images, index, number = 0, noise = number) => {
    checkNumberOfView(number);
    const { length: N, channels: C, height: H, width: W } = images;
    const B = batchOf(index);
    const K = viewChannels(images);
    const view = tape.tensor([B, K, H, W], "f32", "view");
    const map = { angle: rotation, scale, shear, shift, flip, outside: outside === "edge" ? 1 : 0 };
    const params = { N, C, K, H, W, B, number, ...map, ...levels(C, colour ? undefined : normalise) };
    const launch = { overrides: { CLASSES: images.classes === undefined ? 0 : 1 }, flops: 100 * view.size };
    tape.launch(kernel, { images: images.bytes, index, view }, params, [Math.ceil((H * W) / 256), B], launch);
    return colour ? recolour(tape, view, index, colour, noise, normalise) : view;
  };
}

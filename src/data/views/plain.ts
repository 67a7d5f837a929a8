import { UsageError } from "../../errors.ts";
import { plainView as kernel } from "../../gpu/kernels.gen.ts";
import { checkNames } from "../../options.ts";
import { batchOf, checkNormalise, levels, type Normalise, type View } from "./common.ts";
import { checkSize, launchCrop } from "./crop.ts";
import { viewChannels } from "./resident.ts";

/** The image as it is. */
export interface PlainConfig {
  readonly kind: "plain";
  /** Height and width of the view: the whole image, resized (bilinear, no antialiasing). Default: the image's own. */
  readonly size?: readonly [number, number];
  readonly normalise?: Normalise;
}

/** No augmentation: bytes to floats 0 .. 1, normalised when asked. @throws UsageError for unknown options and values out of range */
export function plainView(config: PlainConfig): View {
  checkNames("view plain", config, ["kind", "size", "normalise"]);
  if (config.kind !== "plain") throw new UsageError(`view plain: got kind ${config.kind}`);
  checkNormalise("view plain", config.normalise);
  checkSize("view plain", config.size);
  const { size, normalise } = config;
  return (tape, images, index) => {
    const { length: N, channels: C, height: H, width: W } = images;
    if (size && (size[0] !== H || size[1] !== W)) {
      const whole = { area: [1, 1], aspect: [W / H, W / H], flip: 0 } as const; // the one rectangle of this area and aspect
      return launchCrop(tape, images, index, { ...whole, size, ...(normalise && { normalise }) }, 0);
    }
    const B = batchOf(index);
    const K = viewChannels(images);
    const view = tape.tensor([B, K, H, W], "f32", "view");
    const params = { N, C, K, P: H * W, B, ...levels(C, normalise) };
    const launch = { overrides: { CLASSES: images.classes === undefined ? 0 : 1 }, flops: 2 * view.size };
    tape.launch(kernel, { images: images.bytes, index, view }, params, [Math.ceil((H * W) / 256), B], launch);
    return view;
  };
}

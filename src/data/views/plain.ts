import { UsageError } from "../../errors.ts";
import { plainView as kernel } from "../../gpu/kernels.gen.ts";
import { checkNames } from "../../options.ts";
import { batchOf, checkNormalise, levels, type Normalise, type View } from "./common.ts";
import { checkSize, launchCrop } from "./crop.ts";

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
    const view = tape.tensor([B, C, H, W], "f32", "view");
    const params = { N, C, P: H * W, B, ...levels(C, normalise) };
    tape.launch(kernel, { images: images.bytes, index, view }, params, [Math.ceil((H * W) / 256), B], { flops: 2 * view.size });
    return view;
  };
}

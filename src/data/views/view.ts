import { UsageError } from "../../errors.ts";
import { type AffineConfig, affineView } from "./affine.ts";
import { checkColour } from "./colour.ts";
import type { View } from "./common.ts";
import { type CropConfig, croppedView } from "./crop.ts";
import { type PlainConfig, plainView } from "./plain.ts";
import type { ResidentImages } from "./resident.ts";

/** How samples become input: named by objectives and presets, kept in `config.json`. */
export type ViewConfig = PlainConfig | AffineConfig | CropConfig;

/** The view that a configuration describes. @throws UsageError for an unknown kind, an unknown option or a value out of range */
export function makeView(config: ViewConfig): View {
  switch (config.kind) {
    case "plain":
      return plainView(config);
    case "affine":
      return affineView(config);
    case "crop":
      return croppedView(config);
    default:
      throw new UsageError(`view: unknown kind ${JSON.stringify((config as { kind: unknown }).kind)}: expected plain, affine or crop`);
  }
}

/** The whole image at the size and with the normalisation of `config`, without anything random: what evaluation sees. */
export function evaluationView(config: ViewConfig): View {
  return plainView(evaluationConfig(config));
}

/** The configuration of `evaluationView`. */
export function evaluationConfig(config: ViewConfig): PlainConfig {
  const { normalise } = config;
  const size = "size" in config ? config.size : undefined;
  return { kind: "plain", ...(size && { size }), ...(normalise && { normalise }) };
}

/**
 * Whether two views of one image can differ. A method that contrasts views of a sample has nothing to learn from equal ones: both
 * would come from the same numbers.
 */
export function varies(config: ViewConfig): boolean {
  if (config.kind === "plain") return false;
  if (config.kind === "affine") {
    const { rotation = 1, scale = 1, shear = 1, shift = 1, flip = 0 } = config;
    return rotation + scale + shear + shift > 0 || (flip > 0 && flip < 1) || checkColour("view affine", config) !== undefined;
  }
  const { area = [0.2, 1], flip = 0.5 } = config;
  return area[0] < 1 || (flip > 0 && flip < 1) || checkColour("view crop", config) !== undefined;
}

/** Channels, height and width of the views that `config` makes of such images: what an encoder of them takes. */
export function viewSize(config: ViewConfig, { channels, height, width }: Pick<ResidentImages, "channels" | "height" | "width">) {
  const [h, w] = ("size" in config ? config.size : undefined) ?? [height, width];
  return { channels, height: h, width: w };
}

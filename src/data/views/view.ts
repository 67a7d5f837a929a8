import { UsageError } from "../../errors.ts";
import { type AffineConfig, affineView } from "./affine.ts";
import type { View } from "./common.ts";
import { type CropConfig, croppedView } from "./crop.ts";
import { type PlainConfig, plainView } from "./plain.ts";

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

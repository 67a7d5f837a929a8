import type { Offers } from "../../gpu/variants.ts";
import { SAMPLED_OFFERS, SAMPLED_VIEWS_OFFERS } from "./contrast_sampled.ts";
import { CONV2D_INPUT_OFFERS, CONV2D_OFFERS, CONV2D_WEIGHT_OFFERS } from "./conv2d.ts";
import { MATMUL_OFFERS } from "./matmul.ts";

/** Everything that stands in for general variants. Loaded with a device (`equip`), not with the core. */
export const OFFERS: readonly Offers<unknown>[] = [
  ...[MATMUL_OFFERS, CONV2D_OFFERS, CONV2D_INPUT_OFFERS, CONV2D_WEIGHT_OFFERS],
  ...[SAMPLED_OFFERS, SAMPLED_VIEWS_OFFERS],
];

import type { Gpu } from "../gpu/device.ts";
import { withVariants } from "../gpu/variants.ts";
import { OFFERS } from "../ops/variants/index.ts";
import { DEFAULTS, type Kept } from "./record.ts";

/** The device with every variant there is, and what was measured on it. */
export const equip = (gpu: Gpu, kept: Kept = DEFAULTS): Gpu => withVariants(gpu, { offers: OFFERS, ...kept });

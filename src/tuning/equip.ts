import type { Gpu } from "../gpu/device.ts";
import { withVariants } from "../gpu/variants.ts";
import { loadOffers } from "../ops/variants/index.ts";
import { DEFAULTS, type Kept } from "./record.ts";

/** The device with every variant there is, and what was measured on it. */
export const equip = async (gpu: Gpu, kept: Kept = DEFAULTS): Promise<Gpu> => withVariants(gpu, { offers: await loadOffers(), ...kept });

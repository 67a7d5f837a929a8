import type { Offers } from "../../gpu/variants.ts";
import { MATMUL_OFFERS } from "./matmul.ts";

/** Everything that stands in for general variants. Loaded with a device (`equip`), not with the core. */
export const OFFERS: readonly Offers<unknown>[] = [MATMUL_OFFERS];

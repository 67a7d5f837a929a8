import type { Offers } from "../../gpu/variants.ts";

/** Everything that stands in for general variants. Loaded with a device (`equip`), not with the core, and in pieces: they travel side by side. */
export async function loadOffers(): Promise<readonly Offers<unknown>[]> {
  const [{ MATMUL_OFFERS }, conv2d, sampled, full, infoNce] = await Promise.all([
    import("./matmul.ts"),
    import("./conv2d.ts"),
    import("./contrast_sampled.ts"),
    import("./contrast_full.ts"),
    import("./info_nce.ts"),
  ]);
  const { CONV2D_OFFERS, CONV2D_INPUT_OFFERS, CONV2D_WEIGHT_OFFERS } = conv2d;
  const { SAMPLED_OFFERS, SAMPLED_VIEWS_OFFERS } = sampled;
  const { FULL_OFFERS, FULL_VIEWS_OFFERS } = full;
  const { CPC_SCORES_OFFERS, CPC_DQ_OFFERS, CPC_DZ_OFFERS } = infoNce;
  return [
    ...[MATMUL_OFFERS, CONV2D_OFFERS, CONV2D_INPUT_OFFERS, CONV2D_WEIGHT_OFFERS],
    ...[SAMPLED_OFFERS, SAMPLED_VIEWS_OFFERS, FULL_OFFERS, FULL_VIEWS_OFFERS],
    ...[CPC_SCORES_OFFERS, CPC_DQ_OFFERS, CPC_DZ_OFFERS],
  ];
}

import type { NegativeScope } from "../ops/info_nce.ts";
import type { CpcChoices } from "./cpc.ts";

/** Published settings by name. */
export type CpcProfile = "paper" | "cpc_audio" | "gim" | "gim-vision" | "cdck2" | "bolts" | "text" | "rlpyt";

/**
 * What the paper and the best-known codes choose, as read in their sources (reading/methods.md 1.3). What differs still: `cpc_audio` never
 * draws the frame at t itself and predicts with transformers by default; `gim` draws its negatives by other permutations; `cdck2` predicts from one
 * random t a step; `bolts` weighs step i of its sum i times; `cpc_audio`, `gim` and `bolts` draw or keep negatives per GPU.
 */
export const CPC_PROFILES: { readonly [name in CpcProfile]: Partial<CpcChoices> } = {
  paper: { steps: 12, negatives: "all", scale: "sum", average: "mean", predictor: "per-step", bias: false },
  cpc_audio: {
    steps: 12,
    negatives: "all",
    drawn: 128,
    keepPositive: true,
    scale: "mean",
    average: "sum",
    anchors: "with-all",
    bias: false,
  },
  gim: { steps: 12, negatives: "all", drawn: 10, keepPositive: true, scale: "sum", average: "mean", bias: false },
  "gim-vision": { steps: 5, skip: 1, negatives: "all", drawn: 16, keepPositive: true, scale: "sum", average: "mean", bias: false },
  cdck2: { steps: 12, negatives: "batch", scale: "sum", average: "mean", bias: true },
  bolts: { steps: 5, negatives: "all", scale: 0.1, average: "sum", predictor: "shared", bias: false },
  text: { steps: 3, negatives: "all", scale: "sum", average: "mean", bias: true },
  rlpyt: { steps: "all", negatives: "all", scale: "sum", average: "predictions", bias: true },
};

/** Rows of the paper's Table 2 (negatives in speech), by what it calls them. Batches of one speaker make `same speaker` of `all`, too. */
export const PAPER_NEGATIVES: { readonly [row: string]: NegativeScope } = {
  "mixed speaker": "all",
  "same speaker": "speaker",
  "mixed speaker (excl.)": "others",
  "same speaker (excl.)": "speaker-others",
  "current sequence only": "sequence",
};

// "nearfar/objectives": the methods, for steps of your own. `train` loads the one that a config names by itself.

export { type BankContrast, type ContrastOptions, contrastBank } from "../ops/contrast_bank.ts";
export { type BatchContrast, contrastBatch, type SpreadOptions } from "../ops/contrast_batch.ts";
export { Cmc, type CmcOptions } from "./cmc.ts";
export { Cpc, type CpcOptions } from "./cpc.ts";
export { CPC_PROFILES, PAPER_NEGATIVES } from "./cpc_profiles.ts";
export { InstDisc, type InstDiscOptions } from "./instdisc.ts";
export { InvaSpread, type InvaSpreadOptions } from "./invaspread.ts";
export type { Batch, Encode, Objective, ObjectiveStep } from "./objective.ts";

import type { BenchCase } from "../contract.ts";
import { bankUpdate } from "./bank_update.ts";
import { colourCase } from "./colour.ts";
import { convolutions } from "./conv.ts";
import { cpcStep } from "./cpc_step.ts";
import { edges } from "./edges.ts";
import { fullSoftmax } from "./full_softmax.ts";
import { gruCase } from "./gru.ts";
import { infoNceCase } from "./info_nce.ts";
import { knn } from "./knn.ts";
import { launchesCase } from "./launches.ts";
import { products } from "./matmul.ts";
import { inHalves, nce, sampledSoftmax } from "./nce.ts";
import { batchNormCase, l2normCase } from "./norm.ts";
import { adamCase, sgdCase } from "./optimiser.ts";
import { spreadCase } from "./spread.ts";
import { cmcStep, instdiscStep, invaspreadStep } from "./step.ts";

/** Every case, in the order of the report. */
export const CASES: readonly BenchCase[] = [
  nce,
  sampledSoftmax,
  fullSoftmax,
  bankUpdate,
  inHalves(nce),
  inHalves(sampledSoftmax),
  edges,
  { ...inHalves(bankUpdate), tolerance: 2 ** -11 }, // rows are rounded as they are written
  ...products,
  ...convolutions,
  batchNormCase,
  l2normCase,
  knn,
  infoNceCase,
  spreadCase,
  gruCase,
  sgdCase,
  adamCase,
  colourCase,
  launchesCase,
  instdiscStep,
  invaspreadStep,
  cmcStep,
  cpcStep,
];

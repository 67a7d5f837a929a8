import { CONV_PARTS } from "../cases/conv.ts";
import { TRANSPOSES } from "../cases/matmul.ts";
import { bankUpdate } from "./bank_update.ts";
import { colour } from "./colour.ts";
import { convolution } from "./conv.ts";
import { cpcStep } from "./cpc_step.ts";
import { fullSoftmax } from "./full_softmax.ts";
import { gruStep } from "./gru.ts";
import { infoNceStep } from "./info_nce.ts";
import { knn } from "./knn.ts";
import { launches } from "./launches.ts";
import { product } from "./matmul.ts";
import { nce, sampledSoftmax } from "./nce.ts";
import { batchNormRelu, l2normRows } from "./norm.ts";
import { adam, sgd } from "./optimiser.ts";
import { spread } from "./spread.ts";
import { cmcStep, instdiscStep, invaspreadStep } from "./step.ts";
import type { TfForms } from "./tfjs.ts";

/** How tfjs does each case. */
export const TFJS: Readonly<Record<string, TfForms>> = {
  nce,
  "sampled-softmax": sampledSoftmax,
  "full-softmax": fullSoftmax,
  "bank-update": bankUpdate,
  ...Object.fromEntries(Object.entries(TRANSPOSES).map(([name, transposes]) => [`matmul-${name}`, product(transposes)])),
  ...Object.fromEntries(CONV_PARTS.map((part) => [`conv-${part}`, convolution(part)])),
  "batch-norm-relu": batchNormRelu,
  l2norm: l2normRows,
  knn,
  "info-nce": infoNceStep,
  "invaspread-loss": spread,
  gru: gruStep,
  sgd,
  adam,
  colour,
  launches,
  "instdisc-step": instdiscStep,
  "invaspread-step": invaspreadStep,
  "cmc-step": cmcStep,
  "cpc-step": cpcStep,
};

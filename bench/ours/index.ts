import { CONV_PARTS } from "../cases/conv.ts";
import { TRANSPOSES } from "../cases/matmul.ts";
import { bankUpdate, bankUpdateHalves } from "./bank_update.ts";
import { colour } from "./colour.ts";
import { convolution } from "./conv.ts";
import { cpcStep } from "./cpc_step.ts";
import { edges } from "./edges.ts";
import { gruStep } from "./gru.ts";
import { infoNceStep } from "./info_nce.ts";
import { knn } from "./knn.ts";
import { launches } from "./launches.ts";
import { product } from "./matmul.ts";
import { fullSoftmax, nce, nceHalves, sampledSoftmax, sampledSoftmaxHalves } from "./nce.ts";
import { batchNormRelu, l2normRows } from "./norm.ts";
import { adam, sgd } from "./optimiser.ts";
import type { OursCase } from "./ours.ts";
import { spread } from "./spread.ts";
import { cmcStep, instdiscStep, invaspreadStep } from "./step.ts";

/** How nearfar does each case. */
export const OURS: Readonly<Record<string, OursCase>> = {
  nce,
  "sampled-softmax": sampledSoftmax,
  "full-softmax": fullSoftmax,
  "bank-update": bankUpdate,
  edges,
  "nce-f16": nceHalves,
  "sampled-softmax-f16": sampledSoftmaxHalves,
  "bank-update-f16": bankUpdateHalves,
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

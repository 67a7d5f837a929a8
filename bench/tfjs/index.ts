import { TRANSPOSES } from "../cases/matmul.ts";
import { bankUpdate } from "./bank_update.ts";
import { fullSoftmax } from "./full_softmax.ts";
import { product } from "./matmul.ts";
import { nce, sampledSoftmax } from "./nce.ts";
import type { TfForms } from "./tfjs.ts";

/** How tfjs does each case. */
export const TFJS: Readonly<Record<string, TfForms>> = {
  nce,
  "sampled-softmax": sampledSoftmax,
  "full-softmax": fullSoftmax,
  "bank-update": bankUpdate,
  ...Object.fromEntries(Object.entries(TRANSPOSES).map(([name, transposes]) => [`matmul-${name}`, product(transposes)])),
};

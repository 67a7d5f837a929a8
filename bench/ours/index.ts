import { TRANSPOSES } from "../cases/matmul.ts";
import { bankUpdate } from "./bank_update.ts";
import { product } from "./matmul.ts";
import { fullSoftmax, nce, sampledSoftmax } from "./nce.ts";
import type { OursCase } from "./ours.ts";

/** How nearfar does each case. */
export const OURS: Readonly<Record<string, OursCase>> = {
  nce,
  "sampled-softmax": sampledSoftmax,
  "full-softmax": fullSoftmax,
  "bank-update": bankUpdate,
  ...Object.fromEntries(Object.entries(TRANSPOSES).map(([name, transposes]) => [`matmul-${name}`, product(transposes)])),
};

import { TRANSPOSES } from "../cases/matmul.ts";
import { bankUpdate } from "./bank_update.ts";
import { fullSoftmax } from "./full_softmax.ts";
import type { JaxCase } from "./jax.ts";
import { product } from "./matmul.ts";
import { nce, sampledSoftmax } from "./nce.ts";

/** How jax-js does each case. */
export const JAX: Readonly<Record<string, JaxCase>> = {
  nce,
  "sampled-softmax": sampledSoftmax,
  "full-softmax": fullSoftmax,
  "bank-update": bankUpdate,
  ...Object.fromEntries(Object.entries(TRANSPOSES).map(([name, transposes]) => [`matmul-${name}`, product(transposes)])),
};

import type { BenchCase } from "../contract.ts";
import { bankUpdate } from "./bank_update.ts";
import { fullSoftmax } from "./full_softmax.ts";
import { products } from "./matmul.ts";
import { nce, sampledSoftmax } from "./nce.ts";

/** Every case, in the order of the report. */
export const CASES: readonly BenchCase[] = [nce, sampledSoftmax, fullSoftmax, bankUpdate, ...products];

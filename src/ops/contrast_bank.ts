import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { fullParts } from "./contrast_full.ts";
import { type BankView, type ContrastParts, rowsOf, sizesOf } from "./contrast_parts.ts";
import { logNoise, type Negatives, sampledParts } from "./contrast_sampled.ts";
import { scaleBy } from "./scale.ts";

export type { BankView } from "./contrast_parts.ts";
export type { Negatives } from "./contrast_sampled.ts";

/** How an anchor is told from its negatives. */
export type ContrastMode = "nce" | "softmax" | "full-softmax";

export interface ContrastOptions {
  readonly mode: ContrastMode;
  /** T > 0: scores are cosines divided by it. */
  readonly temperature: number;
  /** Needed by `nce` and `softmax`; `full-softmax` takes every other row. */
  readonly negatives?: Negatives | undefined;
  /** Weight lambda >= 0 of the proximal term (paper eq. 9). Default 0. */
  readonly proximal?: number;
}

export interface BankContrast {
  /** contrast + lambda * proximal, f32[1]. Carries the gradient into the features. */
  readonly loss: Tensor;
  /** Mean over the batch, f32[1]. */
  readonly contrast: Tensor;
  /** Mean |v - bank[index]|^2, without lambda, f32[1]. Reported even when lambda is 0. */
  readonly proximal: Tensor;
  /** f32[B, 4]: contrast, distance, ln sum of exp(score) over positive and negatives, score of the positive. */
  readonly terms: Tensor;
}

/**
 * Contrast of features against memory rows (Wu et al. 2018, arXiv:1805.01978, eq. 2, 7, 9). Loss and gradient come from one pass
 * over the candidate rows; the rows themselves are data and get no gradient.
 * @param features f32[B, D], unit rows, D a multiple of 4
 * @param index u32[B], the row of each feature: its positive
 * @throws ShapeError, UsageError
 */
export function contrastBank(tape: Tape, features: Tensor, bank: BankView, index: Operand, options: ContrastOptions): BankContrast {
  checkSizes(features, bank, index, options);
  const parts = partsOf(tape, features, bank, index, options);
  const { terms, gradient } = combine(tape, features, bank, index, parts, options);
  const scalar = (label: string) => tape.tensor([1], "f32", label);
  const result = { loss: scalar("loss"), contrast: scalar("contrast"), proximal: scalar("proximal") };
  tape.launch(kernels.contrastMean, { terms, ...result }, { B: features.shape[0] ?? 0, lambda: options.proximal ?? 0 }, [1]);
  tape.record(result.loss, [features], (d) => [scaleBy(tape, gradient, d)]);
  return { ...result, terms };
}

function partsOf(tape: Tape, features: Tensor, bank: BankView, index: Operand, { mode, temperature, negatives }: ContrastOptions) {
  if (mode === "full-softmax") return fullParts(tape, features, bank, index, temperature);
  if (!negatives) throw new UsageError(`${mode}: expected negatives, a count or row numbers, got none`);
  return sampledParts(tape, features, bank, index, { negatives, temperature, nce: mode === "nce" });
}

function combine(tape: Tape, features: Tensor, bank: BankView, index: Operand, made: ContrastParts, options: ContrastOptions) {
  const { B, N, D } = sizesOf(features, bank);
  const { stats, partial, parts: P, candidates: K } = made;
  const terms = tape.tensor([B, 4], "f32", "contrast terms");
  const gradient = tape.tensor([B, D], "f32", "contrast gradient");
  const nce = options.mode === "nce";
  const bias = nce ? { log_noise: logNoise(K, N), floor: K * Math.log1p((1e-7 * N) / K) } : { log_noise: 0, floor: 0 };
  const params = { B, D, P, inv_tau: 1 / options.temperature, ...bias, pull: 2 * (options.proximal ?? 0) };
  const operands = { features, own: rowsOf(tape, bank.table, index), log_z: bank.logZ, stats, partial, terms, gradient };
  // Every lane merges what all lanes have found: on a CPU few lanes take less time in all.
  const WG = tape.plan.gpu.adapter.software ? 8 : 32;
  tape.launch(kernels.bankCombine, operands, params, [B], { overrides: { WG, NCE: nce ? 1 : 0 }, flops: 2 * B * P * D });
  return { terms, gradient };
}

function checkSizes(
  features: Tensor,
  bank: BankView,
  index: Operand,
  { mode, temperature, negatives, proximal = 0 }: ContrastOptions,
): void {
  const { B, N, D } = sizesOf(features, bank);
  if (features.shape.length !== 2 || bank.table.shape[1] !== D || index.shape[0] !== B || B === 0)
    throw new ShapeError(
      `contrastBank: expected features [B,D], rows [N,D], index [B], got [${features.shape}], [${bank.table.shape}], [${index.shape}]`,
    );
  if (D % 4 !== 0) throw new UsageError(`contrastBank: expected features of a multiple of 4 numbers, got ${D}. Pad the projection.`);
  if (!(temperature > 0)) throw new UsageError(`contrastBank: expected a temperature above 0, got ${temperature}`);
  if (!(proximal >= 0)) throw new UsageError(`contrastBank: expected a proximal weight of 0 or more, got ${proximal}`);
  const drawn = mode !== "full-softmax" && negatives !== undefined && "count" in negatives ? negatives : undefined;
  if (drawn && !(Number.isInteger(drawn.count) && drawn.count > 0))
    throw new UsageError(`${mode}: expected a whole number of negatives above 0, got ${drawn.count}`);
  if (N < 2 && !(mode !== "full-softmax" && negatives && ("rows" in negatives || negatives.keepPositive)))
    throw new UsageError(`${mode}: expected a bank of at least two rows, got ${N}: one row has no other to be told from`);
}

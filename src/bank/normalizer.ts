import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import { type BankView, sizesOf } from "../ops/contrast_parts.ts";
import { type Negatives, negativesOf } from "../ops/contrast_sampled.ts";
import type { Tensor } from "../tensor.ts";

/**
 * How the NCE normaliser Z is found (Wu et al. 2018, section 3.2). Its only effect is a bias T ln(Z K/N) on the cosine.
 * - `first-batch`: the mean of exp(score) over the first batch, positives included, times N; then kept (published code).
 * - `average`: the same, then an exponential average over later batches, `rate` of the newest (default 0.01). Used from the next step on.
 * - `exact`: the mean over the batch of the sum over the whole bank, swept at every `every`-th step (default 100).
 * - `given`: a constant.
 */
export type Normalizer =
  | { readonly kind: "first-batch" }
  | { readonly kind: "average"; readonly rate?: number }
  | { readonly kind: "exact"; readonly every?: number }
  | { readonly kind: "given"; readonly value: number };

/** What a step's scores are made of: enough to estimate Z before the scoring launch. */
export interface Scores {
  /** f32[B, D] */
  readonly features: Operand;
  /** u32[B] */
  readonly index: Operand;
  readonly negatives: Negatives;
  readonly temperature: number;
}

/** Candidates that one lane of the estimate takes: 32, more where an anchor would have over 1,024 sums (an exact sweep over a large bank). */
export const candidatesPerLane = (M: number): number => Math.max(32, 4 * Math.ceil(M / 4096));

/** Appends what must run before scoring so that Z is known: nothing for a given one. The launches skip themselves where Z needs no news. */
export function estimateNormalizer(tape: Tape, bank: BankView, normalizer: Normalizer, scores: Scores): void {
  if (normalizer.kind === "given") return;
  const all = normalizer.kind === "exact";
  const every = normalizer.kind === "exact" ? (normalizer.every ?? 100) : 0;
  const { B, N, D } = sizesOf(scores.features, bank);
  const { K, operand, L, anchor0, overrides } = negativesOf(scores.negatives, scores.index);
  const M = all ? N : K + 1;
  const per = candidatesPerLane(M);
  const C = Math.ceil(M / per);
  const sums = tape.tensor([B, C, 4], "f32", "normaliser sums");
  const operands = { features: scores.features, bank: bank.table, index: scores.index, negatives: operand, log_z: bank.logZ, sums };
  const params = { B, D, N, L, C, M, per, every, anchor0, inv_tau: 1 / scores.temperature };
  const options = { overrides: { ...overrides, ALL: all ? 1 : 0 }, flops: 2 * B * M * D };
  tape.launch(kernels.normalizerScores, operands, params, [Math.ceil((B * C) / 64)], options);
  const log_scale = Math.log(N) - Math.log(B * M);
  tape.launch(kernels.normalizerUpdate, { sums, log_z: bank.logZ }, { R: B * C, every, log_scale, rate: 0 }, [1]);
}

/**
 * Appends the exponential average, after scoring; nothing for the other kinds.
 * @param terms f32[B, 4] of `contrastBank`
 * @param candidates number of scores behind each of them, the positive included
 */
export function trackNormalizer(tape: Tape, bank: BankView, normalizer: Normalizer, terms: Tensor, candidates: number): void {
  if (normalizer.kind !== "average") return;
  const B = terms.shape[0] ?? 0;
  const log_scale = Math.log(bank.table.shape[0] ?? 0) - Math.log(B * candidates);
  tape.launch(
    kernels.normalizerUpdate,
    { sums: terms, log_z: bank.logZ },
    { R: B, every: 0, log_scale, rate: normalizer.rate ?? 0.01 },
    [1],
  );
}

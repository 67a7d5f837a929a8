import type { Tape } from "../autograd.ts";
import { UsageError } from "../errors.ts";
import type { OperandsOf, ParamsOf } from "../gpu/kernel.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import { type BankView, type ContrastParts, sizesOf } from "./contrast_parts.ts";

/** Where an anchor's negatives come from. */
export type Negatives =
  /**
   * K uniform draws with replacement, made inside the kernel from (seed, step, first + anchor, k); the positive is left out unless
   * `keepPositive`. `first` (default 0): the number of the first anchor within the step, where it has several batches.
   */
  | { readonly count: number; readonly keepPositive?: boolean; readonly first?: number }
  /** Row numbers u32[B, K] that the caller chose. They may repeat, and may be the positive. */
  | { readonly rows: Operand };

/** K, and the bindings and overrides that tell the kernels where negatives come from. `index` where none are given: draws depend on it. */
export function negativesOf(
  negatives: Negatives,
  index: Operand,
): {
  readonly K: number;
  readonly operand: Operand;
  readonly L: number;
  /** Number of the first anchor within the step. */
  readonly anchor0: number;
  readonly overrides: { readonly DRAW: number; readonly KEEP: number };
} {
  if ("rows" in negatives) {
    const K = negatives.rows.shape[1] ?? 0;
    return { K, operand: negatives.rows, L: K * (negatives.rows.shape[0] ?? 0), anchor0: 0, overrides: { DRAW: 0, KEEP: 0 } };
  }
  const KEEP = negatives.keepPositive ? 1 : 0;
  return { K: negatives.count, operand: index, L: index.shape[0] ?? 0, anchor0: negatives.first ?? 0, overrides: { DRAW: 1, KEEP } };
}

/** The NCE bias: scores are compared with ln Z + ln(K/N + 1e-7), the odds of noise (Wu et al. 2018, eq. 6; eps of the published code). */
export const logNoise = (K: number, N: number): number => Math.log(K / N + 1e-7);

/** Parts of an anchor's candidates, at most, but for what fills the last workgroup: what a step keeps of them must not grow with K. */
const MAX_PARTS = 64;

/** Lanes that share a row (16 numbers each), rows in flight, and candidates a team takes. */
export function sampledTiles(
  K: number,
  D: number,
): { readonly LANES: number; readonly TEAMS: number; readonly per: number; readonly groups: number } {
  const LANES = Math.ceil(D / 16);
  const TEAMS = Math.max(1, Math.floor(32 / LANES));
  const per = Math.max(Math.min(64, 4 * Math.ceil(K / TEAMS / 4)), 4 * Math.ceil(K / MAX_PARTS / 4));
  return { LANES, TEAMS, per, groups: Math.ceil(K / per / TEAMS) };
}

/** Anchors against sampled rows of a bank: what the kernels take. */
export interface Sampled {
  readonly operands: OperandsOf<typeof kernels.bankSampled, Operand>;
  readonly params: ParamsOf<typeof kernels.bankSampled>;
  readonly overrides: { readonly NCE: number; readonly DRAW: number; readonly KEEP: number };
}

/** Class of shapes of both families of sampled scoring. */
export const sampledClass = ({ bank }: { readonly bank: Operand }): string => (bank.layout?.half ? "f16" : "f32");

/** Scoring of sampled rows; what stands in for sums through workgroup memory: variants/contrast_sampled.ts. */
export const SAMPLED: Family<Sampled> = {
  name: "sampled",
  general: {
    name: "barrier",
    record(plan, { operands, params, overrides }) {
      const { B, K, D, P } = params;
      const { LANES, TEAMS } = sampledTiles(K, D);
      const options = { overrides: { LANES, TEAMS, ...overrides }, flops: 4 * B * K * D };
      plan.launch(kernels.bankSampled, operands, params, [P / TEAMS, B], options);
    },
  },
  classOf: ({ operands }) => sampledClass(operands),
};

/**
 * Scores f32[B, D] features against sampled bank rows: one launch that reads each row once.
 * @param index u32[B], the positive of each anchor
 * @param nce sigmoid weights and costs with the bank's Z (true), or softmax weights (false)
 */
export function sampledParts(
  tape: Tape,
  features: Operand,
  bank: BankView,
  index: Operand,
  { negatives, temperature, nce }: { readonly negatives: Negatives; readonly temperature: number; readonly nce: boolean },
): ContrastParts {
  const { B, N, D } = sizesOf(features, bank);
  const { K, operand, L, anchor0, overrides } = negativesOf(negatives, index);
  const { LANES, TEAMS, per, groups } = sampledTiles(K, D);
  if (LANES > 256) throw new UsageError(`sampled negatives: expected features of at most 4096 numbers, got ${D}. Project them to fewer.`);
  const P = groups * TEAMS;
  const stats = tape.tensor([B, P, 4], "f32", "contrast sums");
  const partial = tape.tensor([B, P, D], "f32", "contrast gradient parts");
  const params = { B, K, D, N, L, P, per, anchor0, inv_tau: 1 / temperature, log_noise: nce ? logNoise(K, N) : 0 };
  const operands = { features, bank: bank.table, rows: operand, log_z: bank.logZ, stats, partial };
  tape.perform(SAMPLED, { operands, params, overrides: { NCE: nce ? 1 : 0, ...overrides } });
  return { candidates: K, parts: P, stats, partial };
}

import type { Tape } from "../autograd.ts";
import type { OperandsOf, ParamsOf } from "../gpu/kernel.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import type { Tensor } from "../tensor.ts";
import { type Prediction, type PredictionGradients, tensors } from "./info_nce_parts.ts";
import { softmaxInPlace } from "./info_nce_softmax.ts";

/** Anchors and candidates in groups of one score matrix each: G matrices of A anchors by N candidates for every step ahead. */
interface Matrices {
  readonly G: number;
  readonly A: number;
  readonly N: number;
  readonly TIME: 0 | 1;
}

function matrices({ scope, B, T }: Prediction): Matrices {
  if (scope === "batch") return { G: T, A: B, N: B, TIME: 1 };
  if (scope === "sequence") return { G: B, A: T, N: T, TIME: 0 };
  return { G: 1, A: B * T, N: B * T, TIME: 0 };
}

/** K steps ahead from k0 on, M anchors of every group from m0 on: what is scored at a time. */
interface Turn {
  readonly k0: number;
  readonly K: number;
  readonly m0: number;
  readonly M: number;
}

/** As few turns as fit `bytes`: whole steps while they do, parts of a step's anchors otherwise. */
export function turns(S: number, { G, A, N }: Pick<Matrices, "G" | "A" | "N">, bytes: number): Turn[] {
  const row = 16 * Math.ceil(N / 4) * G;
  const K = Math.min(S, Math.floor(bytes / (row * A)));
  if (K >= 1) return Array.from({ length: Math.ceil(S / K) }, (_, i) => ({ k0: i * K, K: Math.min(K, S - i * K), m0: 0, M: A }));
  const M = Math.max(1, Math.floor(bytes / row));
  return Array.from({ length: S }, (_, k0) =>
    Array.from({ length: Math.ceil(A / M) }, (_, i) => ({ k0, K: 1, m0: i * M, M: Math.min(M, A - i * M) })),
  ).flat();
}

/** Every candidate of the scope: scores, softmax, and gradients as matrix products. Four launches a turn, two without gradients. */
export function allGradients(tape: Tape, made: Prediction): PredictionGradients {
  const gradients = tensors(tape, made);
  const shape = matrices(made);
  for (const turn of turns(made.S, shape, made.scoreBytes)) {
    const d = score(tape, made, shape, turn);
    if (made.gradients) differentiate(tape, made, shape, turn, d, gradients);
  }
  return gradients;
}

const tiles = (n: number): number => Math.ceil(n / 8);

/** Products of predictions, latents and derivatives of scores, as their kernels take them. TIME: groups of frames of one time, else of consecutive rows. */
export interface CpcProduct<K extends typeof kernels.cpcScores | typeof kernels.cpcDq | typeof kernels.cpcDz> {
  readonly operands: OperandsOf<K, Operand>;
  readonly params: ParamsOf<K>;
  readonly overrides: { readonly TIME: 0 | 1; readonly SHARED?: 0 | 1 };
}
export type CpcScores = CpcProduct<typeof kernels.cpcScores>;
export type CpcDq = CpcProduct<typeof kernels.cpcDq>;
export type CpcDz = CpcProduct<typeof kernels.cpcDz>;

export const cpcFlops = ({ K, G, M, N, D }: { readonly [P in "K" | "G" | "M" | "N" | "D"]: number }): number => 2 * K * G * M * N * D;
const classOf = ({ overrides }: { readonly overrides: { readonly TIME: 0 | 1 } }): string => (overrides.TIME ? "times" : "rows");

export const CPC_SCORES: Family<CpcScores> = {
  name: "cpc scores",
  general: {
    name: "product",
    record(plan, { operands, params, overrides }) {
      const { K, G, M, N } = params;
      const grid = [Math.ceil((K * G * tiles(M) * tiles(N)) / 32)];
      plan.launch(kernels.cpcScores, operands, params, grid, { overrides, flops: cpcFlops(params) });
    },
  },
  classOf,
};

export const CPC_DQ: Family<CpcDq> = {
  name: "cpc dq",
  general: {
    name: "product",
    record(plan, { operands, params, overrides }) {
      const { K, G, M, D } = params;
      const grid = [Math.ceil(((overrides.SHARED ? 1 : K) * G * tiles(M) * tiles(D)) / 32)];
      plan.launch(kernels.cpcDq, operands, params, grid, { overrides, flops: cpcFlops(params) });
    },
  },
  classOf,
};

export const CPC_DZ: Family<CpcDz> = {
  name: "cpc dz",
  general: {
    name: "product",
    record(plan, { operands, params, overrides }) {
      const { G, N, D } = params;
      plan.launch(kernels.cpcDz, operands, params, [Math.ceil((G * tiles(N) * tiles(D)) / 32)], { overrides, flops: cpcFlops(params) });
    },
  },
  classOf,
};

/** Scores of a turn, then d loss / d score in their place. */
function score(tape: Tape, made: Prediction, { G, N, TIME }: Matrices, { K, M, k0, m0 }: Turn): Tensor {
  const { q, z, B, T, Q, D, skip, stride, alpha } = made;
  const s = tape.tensor([K, G, M, Math.ceil(N / 4), 4], "f32", "scores");
  const params = { R: B * T, Q, D, K, G, M, N, T, span: N, k0, m0, skip, stride, alpha };
  tape.perform(CPC_SCORES, { operands: { q, z, s }, params, overrides: { TIME } });
  const OTHER = made.scope === "sequence" ? 0 : 1;
  softmaxInPlace(tape, made, s, { K, G, M, N, span: N, k0, m0 }, { ...made.rules, TIME, OTHER });
  return s;
}

function differentiate(tape: Tape, made: Prediction, shape: Matrices, turn: Turn, d: Tensor, { dq, dz }: PredictionGradients): void {
  const { q, z, B, T, S, Q, D, skip, stride, alpha, tally } = made;
  const { G, N, TIME } = shape;
  const { K, M, k0, m0 } = turn;
  const params = { R: B * T, Q, D, S, K, G, M, N, T, span: N, k0, m0, skip, stride, alpha };
  const SHARED = Q === 1 ? 1 : 0;
  const more = SHARED && k0 > 0 ? 1 : 0;
  tape.perform(CPC_DQ, { operands: { z, d, tally, dq }, params: { ...params, more }, overrides: { TIME, SHARED } });
  const first = k0 === 0 && m0 === 0;
  tape.perform(CPC_DZ, { operands: { q, d, tally, dz }, params: { ...params, more: first ? 0 : 1 }, overrides: { TIME } });
}

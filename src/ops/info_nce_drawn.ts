import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { turns } from "./info_nce_all.ts";
import { type NegativeScope, type Prediction, type PredictionGradients, tensors } from "./info_nce_parts.ts";
import { softmaxInPlace } from "./info_nce_softmax.ts";

/** As cpc_draw numbers them. */
const SCOPES: readonly NegativeScope[] = ["all", "sequence", "others", "speaker", "speaker-others"];

/** Negatives drawn for every frame: five launches, and again four for every 64 MiB of scores. */
export function drawnGradients(tape: Tape, made: Prediction, n: number): PredictionGradients {
  const gradients = tensors(tape, made);
  const { B, T, S, groups } = made;
  const [drawn, users] = [tape.tensor([B * T, n], "u32", "drawn"), tape.tensor([B * T, n], "u32", "drawn by")];
  const params = { R: B * T, B, T, L: groups.shape[0] ?? 0, n };
  const options = { overrides: { SCOPE: SCOPES.indexOf(made.scope) }, flops: 200 * B * T * n };
  tape.launch(kernels.cpcDraw, { groups, drawn, users }, params, [Math.ceil((B * T * n) / 64)], options);
  // All steps ahead of an anchor are scored together, as its candidates are the same: turns are over anchors alone.
  for (const { m0, M } of turns(1, { G: S, A: B * T, N: n + 1 }, made.scoreBytes)) turn(tape, made, { drawn, users, n, m0, M }, gradients);
  return gradients;
}

interface Draws {
  readonly drawn: Tensor;
  readonly users: Tensor;
  readonly n: number;
  /** Anchors of this turn. */
  readonly m0: number;
  readonly M: number;
}

function turn(tape: Tape, made: Prediction, { drawn, users, n, m0, M }: Draws, { dq, dz }: PredictionGradients): void {
  const { q, z, B, T, S: K, Q, D, skip, stride, alpha, tally } = made;
  const [N, R] = [n + 1, B * T];
  const s = tape.tensor([K, M, Math.ceil(N / 4), 4], "f32", "scores");
  const params = { R, Q, D, K, M, N, n, m0, skip, stride, alpha };
  const flops = 2 * K * M * N * D;
  const blocks = M * Math.ceil(K / 8);
  tape.launch(kernels.cpcDrawnScores, { q, z, drawn, s }, params, [Math.ceil((blocks * Math.ceil(N / 8)) / 32)], { flops });
  const overrides = { ...made.rules, DRAWN: 1, KEEP: made.keepPositive ? 1 : 0 };
  softmaxInPlace(tape, made, s, { K, G: 1, M, N, span: 0, k0: 0, m0 }, overrides, drawn);
  if (!made.gradients) return;
  const SHARED = Q === 1 ? 1 : 0;
  const items = (SHARED ? M : blocks) * (D / 4);
  tape.launch(kernels.cpcDrawnDq, { z, drawn, d: s, tally, dq }, params, [Math.ceil(items / 32)], { overrides: { SHARED }, flops });
  const grid = [Math.ceil((R * Math.ceil(D / 16)) / 32)];
  tape.launch(kernels.cpcDrawnDz, { q, users, d: s, tally, dz }, { ...params, T, more: m0 > 0 ? 1 : 0 }, grid, { flops });
}

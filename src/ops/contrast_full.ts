import type { Tape } from "../autograd.ts";
import { UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import { type BankView, type ContrastParts, sizesOf } from "./contrast_parts.ts";

/** Workgroup memory of one tile: WebGPU's default limit is 16 KiB, and the running maxima need some. */
const TILE_BYTES = 12 * 1024;
/** Parts of the bank that work side by side. More would only make the combine launch longer. */
const MAX_SPLITS = 64;
/** Largest dimension: a workgroup of 256 lanes then has eight anchors, eight columns a lane. */
const MAX_D = 2048;

/** Tile sizes of `bank_full` (see its header) for dimension D: enough lanes for a warp, and all of them busy in both halves. */
export function fullTiles(D: number): { readonly WG: number; readonly BA: number; readonly BR: number; readonly slices: number } {
  const wide = Math.ceil(D / 8);
  const BA = D <= 96 ? 32 : D <= 208 ? 16 : 8;
  const tall = BA / 8;
  const WG = Math.max(32, tall * wide);
  const BR = 8 * Math.min(Math.floor(WG / tall), Math.floor(TILE_BYTES / (4 * BA * 8)));
  return { WG, BA, BR, slices: Math.max(1, Math.floor(WG / (tall * wide))) };
}

/**
 * Scores f32[B, D] features against every bank row but their own: one launch, no [B, N] anywhere.
 * @param index u32[B], the positive of each anchor
 */
export function fullParts(tape: Tape, features: Operand, bank: BankView, index: Operand, temperature: number): ContrastParts {
  const { B, N, D } = sizesOf(features, bank);
  if (D > MAX_D) throw new UsageError(`full-softmax: expected features of at most ${MAX_D} numbers, got ${D}. Project them to fewer.`);
  const { WG, BA, BR, slices } = fullTiles(D);
  const per = BR * Math.ceil(N / BR / MAX_SPLITS);
  const splits = Math.ceil(N / per);
  const P = splits * slices;
  const stats = tape.tensor([B, P, 4], "f32", "contrast sums");
  const partial = tape.tensor([B, P, D], "f32", "contrast gradient parts");
  const params = { B, N, D, P, slices, per, inv_tau: 1 / temperature };
  const options = { overrides: { WG, BA, BR }, flops: 4 * B * N * D };
  tape.launch(kernels.bankFull, { features, bank: bank.table, index, stats, partial }, params, [splits, Math.ceil(B / BA)], options);
  return { candidates: N - 1, parts: P, stats, partial };
}

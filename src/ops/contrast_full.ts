import type { Tape } from "../autograd.ts";
import { UsageError } from "../errors.ts";
import type { OperandsOf, ParamsOf } from "../gpu/kernel.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import { type BankView, type ContrastParts, sizesOf } from "./contrast_parts.ts";

/** Workgroup memory of one tile: WebGPU's default limit is 16 KiB, and the running maxima need some. */
const TILE_BYTES = 12 * 1024;
/** Parts of the bank that work side by side, over all edges. More would only make the combine launch longer. */
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

/** How N rows of D numbers become parts, where E edges have as many each: splits of `per` rows, the last one shorter, and slices of those. */
export function fullSplits(
  N: number,
  D: number,
  E: number,
): { readonly splits: number; readonly slices: number; readonly per: number; readonly P: number } {
  if (D > MAX_D) throw new UsageError(`full-softmax: expected features of at most ${MAX_D} numbers, got ${D}. Project them to fewer.`);
  const { BR, slices } = fullTiles(D);
  const per = BR * Math.ceil(N / BR / Math.max(1, Math.floor(MAX_SPLITS / E)));
  const splits = Math.ceil(N / per);
  return { splits, slices, per, P: splits * slices };
}

/** Anchors against every row of a bank but their own: what the kernels take. */
export interface Full {
  readonly operands: OperandsOf<typeof kernels.bankFull, Operand>;
  readonly params: ParamsOf<typeof kernels.bankFull>;
}

/** Class of shapes of both families of full scoring. */
export const fullClass = ({ operands: { bank } }: { readonly operands: { readonly bank: Operand } }): string =>
  bank.layout?.half ? "f16" : "f32";

/** Scoring of the whole bank in one pass, tiles of scores in workgroup memory; what stands in for it: variants/contrast_full.ts. */
export const FULL: Family<Full> = {
  name: "full",
  general: {
    name: "tile8",
    record(plan, { operands, params }) {
      const { B, N, D, P, slices } = params;
      const { slices: _, ...overrides } = fullTiles(D);
      const options = { overrides, flops: 4 * B * N * D };
      plan.launch(kernels.bankFull, operands, params, [P / slices, Math.ceil(B / overrides.BA)], options);
    },
  },
  classOf: fullClass,
};

/**
 * Scores f32[B, D] features against every bank row but their own. Nothing that grows with B times N is kept, whichever variant does it.
 * @param index u32[B], the positive of each anchor
 */
export function fullParts(tape: Tape, features: Operand, bank: BankView, index: Operand, temperature: number): ContrastParts {
  const { B, N, D } = sizesOf(features, bank);
  const { slices, per, P } = fullSplits(N, D, 1);
  const stats = tape.tensor([B, P, 4], "f32", "contrast sums");
  const partial = tape.tensor([B, P, D], "f32", "contrast gradient parts");
  const params = { B, N, D, P, slices, per, inv_tau: 1 / temperature };
  tape.perform(FULL, { operands: { features, bank: bank.table, index, stats, partial }, params });
  return { candidates: N - 1, parts: P, stats, partial };
}

import { ShapeError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { similarity, topK, topKMerge, unitRows } from "../gpu/kernels.gen.ts";
import type { Plan } from "../gpu/plan.ts";
import { type Dtype, elements, type Operand } from "../gpu/slot.ts";

/** Feature rows [N, D] on the host. Rows need not be unit: they are normalised on the device. */
export interface HostRows {
  readonly data: Float32Array;
  readonly shape: readonly [number, number];
}

/** Feature rows [N, D]: on the host, or in a store on the device (a bank's rows, whatever their precision), D then a multiple of 4. */
export type Rows = HostRows | Operand;

export const onHost = (rows: Rows): rows is HostRows => "data" in rows;

/** N and D of feature rows. @throws ShapeError when they are not a full matrix of f32. */
export function rowShape(rows: Rows, what: string): readonly [number, number] {
  const [n = 0, d = 0] = rows.shape;
  const found = onHost(rows) ? rows.data.length : elements(rows.shape);
  if (rows.shape.length !== 2 || n < 1 || d < 1 || found !== n * d) {
    throw new ShapeError(`${what} must be [N, D] with N, D >= 1, got [${rows.shape}] over ${found} values`);
  }
  if (!onHost(rows) && (rows.dtype !== "f32" || !rows.slot.home || d % 4 !== 0))
    throw new ShapeError(`${what} on the device must be numbers in a store, in rows of a multiple of 4, got ${rows.dtype}[${rows.shape}]`);
  return [n, d];
}

/** A transient operand of a plan that has no tape. */
export const transient = <D extends Dtype>(plan: Plan, label: string, shape: readonly number[], dtype: D) =>
  ({ slot: plan.slot(label, 4 * elements(shape)), shape, dtype }) as const;

/** Columns of rows as the kernels take them: filled up with zeros to a multiple of 4, which leaves every cosine as it is. */
export const columnsOf = (D: number): number => 4 * Math.ceil(D / 4);

/** `count` rows from `from` on, each filled up with zeros to `columns`; rows after the last are zeros. */
export function padded({ data, shape: [N, D] }: HostRows, from: number, count: number, columns: number): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(count * columns);
  const held = Math.min(count, N - from);
  if (columns === D) rows.set(data.subarray(from * D, (from + held) * D));
  else for (let n = 0; n < held; n++) rows.set(data.subarray((from + n) * D, (from + n + 1) * D), n * columns);
  return rows;
}

/** Appends: unit[m] = rows[first + m] / |rows[first + m]|, M of N rows. Rows of zeros stay zero. */
export function normaliseRows(plan: Plan, rows: Operand, first: number, M: number): Operand {
  const [N = 0, D = 0] = rows.shape;
  const unit = transient(plan, "unit rows", [M, D], "f32");
  plan.launch(unitRows, { bank: rows, unit }, { N, M, D4: D / 4, n0: first }, [Math.ceil(M / 64)], { flops: 4 * M * D });
  return unit;
}

export interface Lists {
  /** [Q, K], f32, largest first. */
  readonly best: Operand;
  /** [Q, K], u32: candidates. */
  readonly index: Operand;
}

/** Candidates scored at a time: bounds the similarities that exist at once, whatever the number of candidates. */
export const CHUNK = 16384;
/** The longest list that the selection kernel can keep. */
export const MAX_K = 200;

/**
 * Appends the search for the K nearest of `candidates` [N, D] for unit rows `queries` [Q, D], D a multiple of 4: for each chunk of
 * candidates their unit rows, similarity tiles and a selection, then a merge of the chunks' lists. Never more than CHUNK unit rows and
 * [Q, CHUNK] similarities exist; a bank is read where it lies.
 */
export function appendSearch(plan: Plan, queries: Operand, candidates: Operand, exclude: Operand, K: number): Lists {
  const [Q = 0] = queries.shape;
  const [N = 0, D = 0] = candidates.shape;
  const S = Math.ceil(N / CHUNK);
  const best = transient(plan, "best", [Q, S, K], "f32");
  const index = transient(plan, "index", [Q, S, K], "u32");
  for (let s = 0; s < S; s++) {
    const n0 = s * CHUNK;
    const M = Math.min(CHUNK, N - n0);
    const sims = transient(plan, "similarities", [Q, Math.ceil(M / 4), 4], "f32");
    const tiles = [Math.ceil(M / 256), Math.ceil(Q / 8)];
    const unit = normaliseRows(plan, candidates, n0, M);
    plan.launch(similarity, { unit_q: queries, unit_n: unit, sims }, { Q, M, D4: D / 4 }, tiles, { flops: 2 * Q * M * D });
    plan.launch(topK, { sims, exclude, best, index }, { Q, M, K, S, s, n0 }, [Q], { flops: 20 * Q * M });
  }
  return S === 1 ? { best, index } : merge(plan, best, index);
}

function merge(plan: Plan, best: Operand, index: Operand): Lists {
  const [Q = 0, S = 0, K = 0] = best.shape;
  const merged = transient(plan, "merged", [Q, K], "f32");
  const merged_index = transient(plan, "merged index", [Q, K], "u32");
  plan.launch(topKMerge, { best, index, merged, merged_index }, { Q, S, K }, [Math.ceil((S * K) / 64), Q], { flops: 20 * Q * S * S * K });
  return { best: merged, index: merged_index };
}

/** Queries searched at a time: at most 512, and at most 32 MiB of similarities; equal parts. */
export function queriesAtOnce(gpu: Gpu, Q: number, N: number): number {
  const bytes = Math.min(2 ** 25, gpu.limits.maxStorageBufferBindingSize);
  const most = Math.max(1, Math.min(512, Math.floor(bytes / 4 / Math.min(N, CHUNK))));
  return Math.ceil(Q / Math.ceil(Q / most));
}

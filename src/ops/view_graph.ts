import type { Operand } from "../gpu/slot.ts";

/** One ordered pair of views: anchors of one are held against the bank of the other. */
export interface ViewEdge {
  readonly anchor: number;
  readonly bank: number;
  /** Of the pair's mean loss in the whole, above 0. */
  readonly weight: number;
}

/** Which views are held against which, on the device. Data, never on the tape. */
export interface ViewGraph {
  /** V */
  readonly views: number;
  /** N: samples, and rows of each view's bank. */
  readonly rows: number;
  readonly edges: readonly ViewEdge[];
  /** Whether some sample lacks a view. */
  readonly missing: boolean;
  /** u32[G], `graphWords`. */
  readonly table: Operand;
}

/** [N] for each view: 1 where the sample has it. Undefined: all have it. */
export type Presence = readonly (Uint8Array | undefined)[];

/** The table that the kernels of shaders/lib/graph.wgsl read: three words an edge, then, when a view is missing somewhere, a bit a bank row. */
export function graphWords(edges: readonly ViewEdge[], rows: number, present: Presence): Uint32Array {
  const missing = isMissing(present);
  const words = new Uint32Array(3 * edges.length + (missing ? Math.ceil((present.length * rows) / 32) : 0));
  const weights = new Float32Array(words.buffer);
  edges.forEach(({ anchor, bank, weight }, e) => {
    words.set([anchor, bank], 3 * e);
    weights[3 * e + 2] = weight;
  });
  if (!missing) return words;
  const bits = words.subarray(3 * edges.length);
  for (let row = 0; row < present.length * rows; row++) {
    const there = present[Math.floor(row / rows)]?.[row % rows] !== 0;
    if (there) bits[row >>> 5] = (bits[row >>> 5] ?? 0) | (1 << (row & 31));
  }
  return words;
}

export const isMissing = (present: Presence): boolean => present.some((flags) => flags?.includes(0) === true);

/** V, N, E, G of a graph, as the kernels name them, and the override that goes with them. */
export function graphSizes({ views, rows, edges, table, missing }: ViewGraph) {
  return { V: views, N: rows, E: edges.length, G: table.shape[0] ?? 0, MISSING: missing ? 1 : 0 };
}

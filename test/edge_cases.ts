import { graphWords, type ViewEdge } from "../src/ops/view_graph.ts";
import { type Arrays, given } from "./kernel_case.ts";

// A small graph of views for the kernels that run along its edges, and what they read of it, the slow way.

export interface GraphSizes {
  readonly V: number;
  readonly N: number;
  readonly E: number;
  readonly G: number;
}

/** What stands for the row of a view that a sample lacks. */
export const NOWHERE = 0xffffffff;

/** The first E ordered pairs of V views, backwards, with weights that differ. */
export function someEdges(V: number, E: number): ViewEdge[] {
  const pairs = Array.from({ length: V * V }, (_, i) => [Math.floor(i / V), i % V] as const).filter(([a, b]) => a !== b);
  return pairs.toReversed().slice(0, E).map(([anchor, bank], e) => ({ anchor, bank, weight: 0.5 + e })); // biome-ignore format: one line
}

/** Every fifth place lacks its view when `missing`; never the last row of a view. */
export const hasView = (missing: boolean, N: number, v: number, i: number): boolean => !missing || i === N - 1 || (v + 2 * i) % 5 !== 0;

/** G of a graph with, or without, missing views. */
export const words = (V: number, N: number, E: number, missing: boolean): number => 3 * E + (missing ? Math.ceil((V * N) / 32) : 0);

export function graphOf({ V, N, E, G }: GraphSizes): Uint32Array {
  const missing = G > 3 * E;
  const present = Array.from({ length: V }, (_, v) => Uint8Array.from({ length: N }, (_, i) => Number(hasView(missing, N, v, i))));
  return graphWords(someEdges(V, E), N, missing ? present : present.map(() => undefined));
}

/** Whether a row of the banks [V, N] was ever written. */
export const existsIn = ({ N, E, G }: GraphSizes, row: number): boolean => hasView(G > 3 * E, N, Math.floor(row / N), row % N);

/** u32[V * B], as edge_rows gives them. */
export function rowsOf(sizes: GraphSizes, index: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: sizes.V * index.length }, (_, i) => {
    const row = Math.floor(i / index.length) * sizes.N + index[i % index.length]!;
    return existsIn(sizes, row) ? row : NOWHERE;
  });
}

/** features [V, B, D] of one view as `features` and the banks as `bank`: what `dot` of contrast_cases.ts reads. */
export function ofView(inputs: Arrays, view: number, B: number, D: number): Arrays {
  const features = Array.from(given(inputs, "features")).slice(view * B * D, (view + 1) * B * D);
  return { ...inputs, features };
}

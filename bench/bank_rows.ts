import type { Inputs } from "./contract.ts";

/** Rows of a whole bank that the case's index names: what an update is checked by. */
export const bankRows =
  ({ index, features }: Inputs) =>
  (bank: ArrayLike<number>): Float32Array => {
    const D = features?.shape[1] ?? 0;
    const rows = index?.data ?? new Uint32Array();
    return Float32Array.from({ length: rows.length * D }, (_, i) => bank[(rows[Math.floor(i / D)] ?? 0) * D + (i % D)] ?? Number.NaN);
  };

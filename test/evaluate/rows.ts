import type { HostRows } from "../../src/bank/rows.ts";

/** `length` numbers in [-1, 1), the same at every run (a linear congruence, high bits). */
export function numbers(length: number, seed: number): Float64Array {
  let state = (seed * 2654435761 + 12345) >>> 0;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

export const randomRows = (n: number, d: number, seed: number): HostRows => ({
  data: Float32Array.from(numbers(n * d, seed)),
  shape: [n, d],
});

/** Cosine of row i of `a` and row j of `b`, in float64; 0 when one of them is zero. */
export function cosine(a: HostRows, i: number, b: HostRows, j: number): number {
  const [x, y] = [rowOf(a, i), rowOf(b, j)];
  const dot = (u: Float32Array, v: Float32Array) => u.reduce((sum, _, k) => sum + u[k]! * v[k]!, 0);
  const norms = Math.sqrt(dot(x, x)) * Math.sqrt(dot(y, y));
  return norms > 0 ? dot(x, y) / norms : 0;
}

const rowOf = ({ data, shape }: HostRows, i: number): Float32Array => data.subarray(i * shape[1], (i + 1) * shape[1]);

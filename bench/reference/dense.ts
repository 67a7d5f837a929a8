import { add, affine, collect, exp, log, map, mul, pick, power, type Value } from "./tape.ts";

/** C = A B of the matrices behind `a` and `b`: [M, K] and [K, N], or their transposes. */
export function matmul(a: Value, b: Value, { ta = false, tb = false }: { readonly ta?: boolean; readonly tb?: boolean } = {}): Value {
  const [M = 0, K = 0] = ta ? a.shape.toReversed() : a.shape;
  const N = (tb ? b.shape[0] : b.shape[1]) ?? 0;
  const at = (i: number, k: number) => (ta ? k * M + i : i * K + k);
  const bt = (k: number, j: number) => (tb ? j * K + k : k * N + j);
  const y = new Float64Array(M * N);
  const [A, B] = [a.data, b.data];
  for (let i = 0; i < M; i++)
    for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += A[at(i, k)]! * B[bt(k, j)]!;
      y[i * N + j] = sum;
    }
  return a.tape.node([M, N], y, (dy) => {
    const [da, db] = [a.grad, b.grad];
    for (let i = 0; i < M; i++)
      for (let j = 0; j < N; j++) {
        const d = dy[i * N + j]!;
        for (let k = 0; k < K; k++) {
          da[at(i, k)]! += d * B[bt(k, j)]!;
          db[bt(k, j)]! += d * A[at(i, k)]!;
        }
      }
  });
}

/** Scores of each row of f[B, D] with its own K rows of a table [N, D] that gets no gradient: [B, K]. */
export function pairs(f: Value, table: ArrayLike<number>, index: ArrayLike<number>): Value {
  const [B = 0, D = 0] = f.shape;
  const K = index.length / B;
  const y = new Float64Array(B * K);
  for (let i = 0; i < y.length; i++) {
    const [v, w] = [Math.floor(i / K) * D, index[i]! * D];
    for (let d = 0; d < D; d++) y[i]! += f.data[v + d]! * table[w + d]!;
  }
  return f.tape.node([B, K], y, (dy) => {
    const { grad } = f;
    for (let i = 0; i < y.length; i++) {
      const [v, w] = [Math.floor(i / K) * D, index[i]! * D];
      for (let d = 0; d < D; d++) grad[v + d]! += dy[i]! * table[w + d]!;
    }
  });
}

/** y[r, c] = x[r, c] + bias[c] */
export function addRow(x: Value, bias: Value): Value {
  const columns = bias.size;
  return add(
    x,
    pick(bias, x.shape, (i) => i % columns),
  );
}

/** Sums over the last axis: [..., n] -> [...]. */
export function sumLast(x: Value): Value {
  const n = x.shape.at(-1) ?? 1;
  return collect(x, x.shape.slice(0, -1), (i) => Math.floor(i / n));
}

/** Repeats each value n times along a new last axis. */
export const spreadLast = (x: Value, n: number): Value => pick(x, [...x.shape, n], (i) => Math.floor(i / n));

/** ln sum exp over the last axis. The maximum is taken as a constant, which it may be: it cancels. */
export function logSumExp(x: Value): Value {
  const n = x.shape.at(-1) ?? 1;
  const top = new Float64Array(x.size / n).fill(Number.NEGATIVE_INFINITY);
  x.data.forEach((value, i) => {
    const r = Math.floor(i / n);
    top[r] = Math.max(top[r]!, value);
  });
  const shift = x.tape.leaf(x.shape.slice(0, -1), top);
  const shifted = add(x, affine(spreadLast(shift, n), -1));
  return add(log(sumLast(exp(shifted))), shift);
}

/** Rows of length 1; lengths carry no epsilon. */
export function unit(x: Value): Value {
  const D = x.shape.at(-1) ?? 1;
  return mul(x, spreadLast(power(sumLast(mul(x, x)), -0.5), D));
}

/** Elements at fixed places: [places.length]. */
export const at = (x: Value, places: ArrayLike<number>): Value => pick(x, [places.length], (i) => places[i]!);

/** x, but -1e30 where `masked` says so. */
export const mask = (x: Value, masked: (i: number) => boolean): Value => {
  let at = 0;
  const hidden = x.data.map((_, i) => (masked(i) ? 1 : 0));
  return map(
    x,
    (value) => (hidden[at++] ? -1e30 : value),
    (_, y) => (y === -1e30 ? 0 : 1),
  );
};

/** Numbers for inputs: a function of the seed, quick enough for a bank of 164 million (mulberry32). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** `count` numbers in ±`scale`. */
export function uniform(seed: number, count: number, scale = 1): Float32Array<ArrayBuffer> {
  const next = noise(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = scale * (2 * next() - 1);
  return values;
}

/** [rows, columns], each row of length 1. */
export function unitRows(seed: number, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const values = uniform(seed, rows * columns);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns);
    let square = 0;
    for (let i = 0; i < columns; i++) square += (row[i] ?? 0) ** 2;
    const inverse = 1 / Math.sqrt(square);
    for (let i = 0; i < columns; i++) row[i] = (row[i] ?? 0) * inverse;
  }
  return values;
}

/** `count` whole numbers from 0 to below `n`. */
export function indices(seed: number, count: number, n: number): Uint32Array<ArrayBuffer> {
  const next = noise(seed);
  return Uint32Array.from({ length: count }, () => Math.floor(next() * n));
}

/** `count` different whole numbers from 0 to below `n`. */
export function distinct(seed: number, count: number, n: number): Uint32Array<ArrayBuffer> {
  const next = noise(seed);
  const found = new Set<number>();
  while (found.size < Math.min(count, n)) found.add(Math.floor(next() * n));
  return Uint32Array.from(found);
}

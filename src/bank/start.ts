import { normalF32, Purpose, randomStream, randomVec4, unitF32 } from "../random.ts";

/** What rows are before training writes them: see `MemoryBankOptions.start`. */
export type BankStart = "features" | "unit" | "uniform";

/**
 * Start values of rows `first` to first + count - 1, f32[count, D]: random unit rows (Wu et al. 2018, section 3.2), or the published code's uniform numbers within
 * ±sqrt(3/D), whose rows have length 1 only on average. A function of the seed, the same on every host.
 */
export function startRows(first: number, count: number, D: number, start: BankStart, seed: number): Float32Array {
  const rows = new Float32Array(count * D);
  const stream = randomStream(seed, Purpose.bank);
  const write = start === "uniform" ? uniformRow : unitRow;
  for (let n = 0; n < count; n++) write(rows.subarray(n * D, (n + 1) * D), stream, first + n);
  return rows;
}

function uniformRow(row: Float32Array, stream: number, n: number): void {
  const half = Math.sqrt(3 / row.length);
  for (let d = 0; d < row.length; d += 4) {
    randomVec4(stream, n, d, 0).forEach((bits, i) => {
      if (d + i < row.length) row[d + i] = half * (2 * unitF32(bits) - 1);
    });
  }
}

function unitRow(row: Float32Array, stream: number, n: number): void {
  let squares = 0;
  for (let d = 0; d < row.length; d += 2) {
    const [x, y, z, w] = randomVec4(stream, n, d, 0);
    const pair = [normalF32(x, y), normalF32(z, w)];
    for (let i = 0; i < 2 && d + i < row.length; i++) {
      const value = pair[i] ?? 0;
      row[d + i] = value;
      squares += value * value;
    }
  }
  const length = Math.sqrt(squares);
  for (let d = 0; d < row.length; d++) row[d] = (row[d] ?? 0) / length;
}

import { indexBelow, Purpose, randomStream, randomU32, randomVec4 } from "../src/random.ts";
import { fill, sum } from "./kernel_case.ts";

/** The float64 truth of shaders/predict: van den Oord, Li, Vinyals 2018 as it reads, one score at a time. */

export const NO_FRAME = 0xffffffff;

/** Row of anchor m, or of candidate m with ahead = 0, in group g (prediction_rows.wgsl). */
export function rowOf(TIME: number, { T, span }: { T: number; span: number }, g: number, m: number, ahead: number): number {
  return TIME ? m * T + ((g + T - ahead) % T) : g * span + m;
}

export interface Frames {
  readonly B: number;
  readonly T: number;
  /** Frames from this one on predict nothing. */
  readonly limit: number;
  readonly episodes?: ArrayLike<number> | undefined;
  readonly groups?: ArrayLike<number> | undefined;
  /** Whether frames of the same sequence, of other sequences, may be negatives; of the same group only where groups are given. */
  readonly own: boolean;
  readonly other: boolean;
}

/** Whether a row predicts the one `ahead` frames later. */
export function predicts({ B, T, limit, episodes, groups, own }: Frames, row: number, ahead: number): boolean {
  const t = row % T;
  if (t + ahead >= T || t >= limit) return false;
  if (episodes && (episodes[row] === NO_FRAME || episodes[row] !== episodes[row + ahead])) return false;
  const b = Math.floor(row / T);
  return !groups || own || Array.from({ length: B }, (_, i) => i).some((i) => i !== b && groups[i] === groups[b]);
}

/** Whether row c may be a negative of anchor a. */
export function inScope({ T, episodes, groups, own, other }: Frames, a: number, c: number): boolean {
  if (episodes?.[c] === NO_FRAME) return false;
  const [b, e] = [Math.floor(a / T), Math.floor(c / T)];
  return b === e ? own : other && (!groups || groups[b] === groups[e]);
}

/** Loss, hit and derivative of one prediction from the scores of its target and negatives. */
export function infoNceOf(own: number, negatives: readonly number[]) {
  const top = Math.max(own, ...negatives);
  const others = sum(negatives.length, (i) => Math.exp(negatives[i]! - top));
  const total = others + Math.exp(own - top);
  return {
    loss: Math.log1p(others / Math.exp(own - top)),
    hit: negatives.every((s) => s < own),
    candidates: negatives.length + 1,
    d: { own: -others / total, negatives: negatives.map((s) => Math.exp(s - top) / total) },
  };
}

/** Twin of `shuffled` in shuffles.wgsl. */
export function shuffled(i: number, n: number, stream: number, step: number, key: number): number {
  const a = Math.ceil(Math.sqrt(n));
  const b = Math.ceil(n / a);
  for (let at = i; ; ) {
    let [left, right] = [at % a, Math.floor(at / a)];
    for (let turn = 0; turn < 6; turn += 2) {
      left = (left + indexBelow(randomU32(stream, step, key, 2 * right + turn * 2 ** 28), a)) % a;
      right = (right + indexBelow(randomU32(stream, step, key, 2 * left + 1 + turn * 2 ** 28), b)) % b;
    }
    at = left + a * right;
    if (at < n) return at;
  }
}

export interface Draw {
  readonly B: number;
  readonly T: number;
  readonly n: number;
  /** As cpc_draw.wgsl numbers them. */
  readonly scope: number;
  readonly groups: ArrayLike<number>;
  readonly seed: number;
  readonly step: number;
}

/** Twin of cpc_draw.wgsl: drawn[B T, n]. */
export function drawnRows({ B, T, n, scope, groups, seed, step }: Draw): Float64Array {
  const stream = randomStream(seed, Purpose.negatives);
  const members = (b: number) => Array.from({ length: B }, (_, i) => i).filter((i) => groups[i] === groups[b]);
  const away = (size: number, j: number, place: number) => 1 + indexBelow(randomVec4(stream, step, j, place)[0], size - 1);
  return fill(B * T * n, (i) => {
    const [row, j] = [Math.floor(i / n), i % n];
    const [b, t] = [Math.floor(row / T), row % T];
    if (scope === 0) return shuffled(row, B * T, stream, step, j);
    const to = shuffled(t, T, stream, step, j * B + b);
    if (scope === 1) return b * T + to;
    if (scope === 2) return ((b + away(B, j, to)) % B) * T + to;
    const all = members(b);
    const own = all.indexOf(b);
    if (scope === 3) {
      const at = shuffled(own * T + t, all.length * T, stream, step, j * B + all[0]!);
      return all[Math.floor(at / T)]! * T + (at % T);
    }
    return all.length === 1 ? NO_FRAME : all[(own + away(all.length, j * B + all[0]!, to)) % all.length]! * T + to;
  });
}

/** Who drew each row: users[c, j] = a where drawn[a, j] = c; NO_FRAME where nobody did. */
export function usersOf(drawn: ArrayLike<number>, n: number): Float64Array {
  const users = fill(drawn.length, () => NO_FRAME);
  for (let i = 0; i < drawn.length; i++) if (drawn[i] !== NO_FRAME) users[drawn[i]! * n + (i % n)] = Math.floor(i / n);
  return users;
}

export const dotOf = (x: ArrayLike<number>, i: number, y: ArrayLike<number>, j: number, D: number): number =>
  sum(D, (d) => x[i * D + d]! * y[j * D + d]!);

/** Random derivatives of `rows` rows of N scores each, 0 where a row is padded to quads, as cpc_softmax leaves them. */
export const paddedRows = (rows: number, N: number, random: () => number): Float64Array =>
  fill(rows * 4 * Math.ceil(N / 4), (i) => (i % (4 * Math.ceil(N / 4)) < N ? 2 * random() - 1 : 0));

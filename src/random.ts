/**
 * Random numbers as a function of (stream, a, b, c), with no state: the TypeScript twin of shaders/lib/random.wgsl, bit for bit
 * (normal numbers excepted: WGSL leaves log and cos to the hardware). The hash, its source and its bounds are explained there.
 *
 * Arguments are taken modulo 2^32.
 */

/** What numbers are drawn for. Each purpose of a seed is its own stream, so that crops never depend on negatives. Twins of `PURPOSE_*`. */
export const Purpose = {
  negatives: 1,
  augment: 2,
  init: 3,
  shuffle: 4,
  bank: 5,
  dropout: 6,
  split: 7,
  synthetic: 8,
  evaluate: 9,
  act: 10,
} as const;

export type Purpose = (typeof Purpose)[keyof typeof Purpose];

/** The stream of one purpose of a seed. Streams of one seed never collide. Twin of `random_stream`. */
export const randomStream = (seed: number, purpose: Purpose): number => (seed ^ Math.imul(purpose, 0x9e3779b9)) >>> 0;

/** One word, 0 to 2^32 - 1. Twin of `random_u32`. */
export function randomU32(stream: number, a: number, b: number, c: number): number {
  return randomVec4(stream, a, b, c)[3];
}

/** Four independent words. Twin of `random_vec4`: pcg4d (Jarzynski and Olano 2020) with a third round and a last xor-shift. */
export function randomVec4(stream: number, a: number, b: number, c: number): readonly [number, number, number, number] {
  let x = (Math.imul(stream, 1664525) + 1013904223) | 0;
  let y = (Math.imul(a, 1664525) + 1013904223) | 0;
  let z = (Math.imul(b, 1664525) + 1013904223) | 0;
  let w = (Math.imul(c, 1664525) + 1013904223) | 0;
  for (let round = 0; round < 3; round++) {
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    x ^= x >>> 16;
    y ^= y >>> 16;
    z ^= z >>> 16;
    w ^= w >>> 16;
  }
  return [x >>> 0, y >>> 0, z >>> 0, w >>> 0];
}

/** Bits to a number in [0, 1): the top 24 bits, exact in float32. Twin of `unit_f32`. */
export const unitF32 = (bits: number): number => (bits >>> 8) / 0x1000000;

/**
 * Bits to an index in [0, n), n up to 2^32 - 1: the high word of bits * n. An index is more or less likely than 1/n by less than n / 2^32 of it.
 * Twin of `index_below`.
 */
export function indexBelow(bits: number, n: number): number {
  const low = Math.imul(bits & 0xffff, n & 0xffff) >>> 0;
  const left = (Math.imul(bits >>> 16, n & 0xffff) >>> 0) + (low >>> 16);
  const right = (Math.imul(bits & 0xffff, n >>> 16) >>> 0) + (left & 0xffff);
  return ((Math.imul(bits >>> 16, n >>> 16) >>> 0) + (left >>> 16) + (right >>> 16)) >>> 0;
}

/** Two words to a standard normal number, |z| <= 5.77 (Box and Muller 1958), in float64. Twin of `normal_f32` up to about 3e-3. */
export function normalF32(first: number, second: number): number {
  const radius = Math.sqrt(-2 * Math.log(((first >>> 8) + 1) / 0x1000000));
  return radius * Math.cos(2 * Math.PI * (unitF32(second) - 0.5));
}

/** Uniform in [0, 1). Twin of `random_f32`. */
export const randomF32 = (stream: number, a: number, b: number, c: number): number => unitF32(randomU32(stream, a, b, c));

/** Uniform index in [0, n); see {@link indexBelow} for the bias. Twin of `random_below`. */
export const randomBelow = (n: number, stream: number, a: number, b: number, c: number): number =>
  indexBelow(randomU32(stream, a, b, c), n);

/** Standard normal. Twin of `random_normal` up to about 3e-3, so weights come from here: they are then the same on every adapter. */
export function randomNormal(stream: number, a: number, b: number, c: number): number {
  const [, , z, w] = randomVec4(stream, a, b, c);
  return normalF32(z, w);
}

/** The order of samples in an epoch: a permutation of 0 .. n-1 (Fisher and Yates), a function of (seed, epoch). */
export function permutation(n: number, seed: number, epoch: number): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  const stream = randomStream(seed, Purpose.shuffle);
  for (let i = n - 1; i > 0; i--) {
    const j = randomBelow(i + 1, stream, epoch, 0, i);
    const other = order[j] ?? 0;
    order[j] = order[i] ?? 0;
    order[i] = other;
  }
  return order;
}

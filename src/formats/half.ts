/** Largest finite half. Numbers from 65520 on become infinity. */
export const LARGEST_HALF = 65504;

/** f32 as IEEE 754 halves (their bits), to the nearest, ties to even. */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const word = new Uint32Array(1);
  const number = new Float32Array(word.buffer);
  const halfOf = (value: number): number => {
    number[0] = value;
    const bits = word[0] ?? 0;
    const sign = (bits >>> 16) & 0x8000;
    const size = bits & 0x7fffffff;
    if (size >= 0x47800000) return sign | (size > 0x7f800000 ? 0x7e00 : 0x7c00); // NaN; 65536 and more
    if (size >= 0x38800000) return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13); // exponents differ by 112
    number[0] = Math.abs(value) + 0.5; // below 2^-14 halves are 2^-24 apart: as are floats from 0.5 on, which round like them
    return sign | ((word[0] ?? 0) - 0x3f000000);
  };
  const halves = new Uint16Array(values.length); // `from` would make a list of a whole bank
  for (let i = 0; i < halves.length; i++) halves[i] = halfOf(values[i] ?? 0);
  return halves;
}

/** Halves (their bits) as f32: exact. */
export function fromHalf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const word = new Uint32Array(1);
  const number = new Float32Array(word.buffer);
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) {
    const half = halves[i] ?? 0;
    const size = half & 0x7fff;
    word[0] = size << 13;
    const value = size < 0x7c00 ? (number[0] ?? 0) * 2 ** 112 : size > 0x7c00 ? Number.NaN : Number.POSITIVE_INFINITY;
    values[i] = half & 0x8000 ? -value : value;
  }
  return values;
}

/** Whether all halves (their bits) are numbers. */
export const halvesFinite = (halves: Uint16Array): boolean => halves.every((half) => (half & 0x7c00) !== 0x7c00);

/** Largest finite half. Numbers from 65520 on become infinity. */
export const LARGEST_HALF = 65504;

/** f32 as IEEE 754 halves (their bits), to the nearest, ties to even. */
export function toHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(values.length);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) halves[i] = halfOf(bits[i] ?? 0);
  return halves;
}

function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more
  if (magnitude >= 0x38800000) return sign | roundedShift(magnitude - 0x38000000, 13); // 2^-14 and more: exponents differ by 112
  const shift = 126 - (magnitude >>> 23); // of 24 significant bits, so that one remains for each 2^-24
  return sign | (shift > 24 ? 0 : roundedShift((magnitude & 0x7fffff) | 0x800000, shift));
}

/** value / 2^shift, ties to even. */
function roundedShift(value: number, shift: number): number {
  const low = value & (2 ** shift - 1);
  const tie = 2 ** (shift - 1);
  const floor = value >>> shift;
  return low > tie || (low === tie && (floor & 1) === 1) ? floor + 1 : floor;
}

/** Halves (their bits) as f32: exact. */
export function fromHalf(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = numberOf(halves[i] ?? 0);
  return values;
}

function numberOf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** Whether all halves (their bits) are numbers. */
export const halvesFinite = (halves: Uint16Array): boolean => halves.every((half) => (half & 0x7c00) !== 0x7c00);

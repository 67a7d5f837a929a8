/**
 * The element types of safetensors files that nearfar reads and writes, and the typed array that holds each.
 * F16 and BF16 are kept as their bits (Uint16Array), BOOL as bytes. All little-endian, as is every host that has WebGPU.
 */
export const ARRAY_OF = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U64: BigUint64Array,
  U32: Uint32Array,
  U16: Uint16Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const;

/** An element type, by its name in the file. */
export type SafeDtype = keyof typeof ARRAY_OF;

/** The typed array of a dtype. */
export type SafeArray<D extends SafeDtype = SafeDtype> = InstanceType<(typeof ARRAY_OF)[D]>;

/** One tensor: row-major `data` of `shape` (an empty shape is a scalar). Narrowing on `dtype` narrows `data`. */
export type SafeTensor = {
  [D in SafeDtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: SafeArray<D> };
}[SafeDtype];

/** Whether `text` names one of the supported element types. */
export function isSafeDtype(text: string): text is SafeDtype {
  return Object.hasOwn(ARRAY_OF, text);
}

/** Bytes an element takes. */
export function dtypeBytes(dtype: SafeDtype): number {
  return ARRAY_OF[dtype].BYTES_PER_ELEMENT;
}

/** Largest header that is written or read, in bytes (the limit of the reference implementation). */
export const MAX_HEADER_BYTES = 100_000_000;

/** Key of our checksum in `__metadata__`. */
export const CHECKSUM_KEY = "nearfar.crc32";

/**
 * How every header of ours starts; the eight digits follow. The checksum is the CRC-32 of the *whole file* with those digits
 * taken as "00000000": it protects names and shapes as well as data, and a fixed place lets a reader find it before parsing.
 */
export const CHECKSUM_PREFIX = `{"__metadata__":{"${CHECKSUM_KEY}":"`;

/** Where the eight digits lie: after the 8-byte header length and the prefix (ASCII). */
export const CHECKSUM_AT = 8 + CHECKSUM_PREFIX.length;

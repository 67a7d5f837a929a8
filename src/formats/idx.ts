import { checkedElements, fault } from "./fault.ts";
import { gunzip } from "./gzip.ts";

/** An IDX array (the format of MNIST, http://yann.lecun.com/exdb/mnist): row-major `data` of `shape`. Narrowing on `dtype` narrows `data`. */
export type IdxArray = { [D in IdxDtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: IdxData[D] } }[IdxDtype];

/** Element types of IDX files. */
export type IdxDtype = keyof IdxData;

interface IdxData {
  u8: Uint8Array;
  i8: Int8Array;
  i16: Int16Array;
  i32: Int32Array;
  f32: Float32Array;
  f64: Float64Array;
}

/** Type code (third byte of the file) to name and bytes per element. */
const TYPES: ReadonlyMap<number, readonly [IdxDtype, number]> = new Map([
  [0x08, ["u8", 1]],
  [0x09, ["i8", 1]],
  [0x0b, ["i16", 2]],
  [0x0c, ["i32", 4]],
  [0x0d, ["f32", 4]],
  [0x0e, ["f64", 8]],
]);

/**
 * Reads an IDX file: two zero bytes, a type code, the number of dimensions, the sizes as big-endian u32, the data (big-endian).
 * Single-byte data is a view into `bytes`, wider data a copy in the host's byte order.
 * @param name what to call the bytes in errors
 * @throws FormatError on a wrong magic number, an unknown type, no dimension, and a file shorter or longer than its sizes say
 */
export function readIdx(bytes: Uint8Array, name = "IDX data"): IdxArray {
  if (bytes.length < 4) throw fault(name, "file size", "at least 4 bytes", bytes.length);
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = file.getUint32(0);
  const type = TYPES.get((magic >>> 8) & 255);
  const rank = magic & 255;
  if (magic >>> 16 !== 0) throw fault(name, "byte 0 (magic number)", "00 00 (IDX)", startOf(bytes));
  if (type === undefined) throw fault(name, "byte 2 (type code)", [...TYPES.keys()].map(hex).join(", "), hex((magic >>> 8) & 255));
  if (rank === 0) throw fault(name, "byte 3 (dimensions)", "at least 1", 0);
  const dataAt = 4 + 4 * rank;
  if (bytes.length < dataAt)
    throw fault(name, "file size", `at least ${dataAt} bytes for ${rank} dimensions`, `${bytes.length}: truncated`);
  const shape = Array.from({ length: rank }, (_, i) => file.getUint32(4 + 4 * i));
  const [dtype, width] = type;
  const elements = checkedElements(shape);
  const size = elements === undefined ? undefined : dataAt + elements * width;
  if (size !== bytes.length) {
    const cause = size === undefined || size > bytes.length ? "truncated" : "oversized";
    throw fault(name, "file size", `${size ?? "over 2^53"} bytes for ${dtype} [${shape.join(", ")}]`, `${bytes.length}: ${cause}`);
  }
  return { dtype, shape, data: decode(dtype, bytes.subarray(dataAt)) } as IdxArray;
}

/** `readIdx` for a file that may be gzip-compressed, judged by its content. */
export async function readIdxFile(bytes: Uint8Array, name = "IDX data"): Promise<IdxArray> {
  return readIdx(await gunzip(bytes, { name }), name);
}

function decode(dtype: IdxDtype, data: Uint8Array): IdxArray["data"] {
  const from = new DataView(data.buffer, data.byteOffset, data.length);
  switch (dtype) {
    case "u8":
      return new Uint8Array(data.buffer, data.byteOffset, data.length);
    case "i8":
      return new Int8Array(data.buffer, data.byteOffset, data.length);
    case "i16":
      return Int16Array.from({ length: data.length / 2 }, (_, i) => from.getInt16(2 * i));
    case "i32":
      return Int32Array.from({ length: data.length / 4 }, (_, i) => from.getInt32(4 * i));
    case "f32":
      return Float32Array.from({ length: data.length / 4 }, (_, i) => from.getFloat32(4 * i));
    case "f64":
      return Float64Array.from({ length: data.length / 8 }, (_, i) => from.getFloat64(8 * i));
  }
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** The first bytes, with a guess at what they are when that is a common mistake. */
function startOf(bytes: Uint8Array): string {
  const text = [...bytes.subarray(0, 4)].map(hex).join(" ");
  if (bytes[0] === 0x3c) return `${text} (an HTML page?)`;
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return `${text} (gzip: unpack it first)`;
  return text;
}

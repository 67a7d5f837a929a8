import { UsageError } from "../errors.ts";
import { concatBytes } from "./bytes.ts";
import { checkedElements, fault, quote } from "./fault.ts";

/** A NumPy array file (NEP 1): row-major `data` of `shape`. Narrowing on `dtype` narrows `data`. */
export type NpyArray = {
  [D in NpyDtype]: { readonly dtype: D; readonly shape: readonly number[]; readonly data: InstanceType<(typeof NPY)[D]> };
}[NpyDtype];

/** Element types, in NumPy's little-endian notation. */
export type NpyDtype = keyof typeof NPY;

const NPY = {
  "<f4": Float32Array,
  "<f8": Float64Array,
  "<i4": Int32Array,
  "<u4": Uint32Array,
  "<i8": BigInt64Array,
  "<u8": BigUint64Array,
  "<i2": Int16Array,
  "<u2": Uint16Array,
  "|i1": Int8Array,
  "|u1": Uint8Array,
} as const;
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59); // \x93NUMPY
const MAX_HEADER = 65536;
/** The header that NumPy and we write: a Python dictionary with these three keys in any order. */
const DESCR = /'descr'\s*:\s*'([^']*)'/;
const ORDER = /'fortran_order'\s*:\s*(True|False)/;
const SHAPE = /'shape'\s*:\s*\(([\d,\s]*)\)/;

/**
 * Writes an array so that `numpy.load` reads it (format 1.0, the data aligned to 64 bytes).
 * @throws UsageError when the data is not of the dtype or does not fill the shape
 */
export function writeNpy({ dtype, shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  if (!(data instanceof NPY[dtype])) throw new UsageError(`npy: dtype ${dtype} needs a ${NPY[dtype].name}`);
  if (checkedElements(shape) !== data.length)
    throw new UsageError(`npy: shape [${shape.join(", ")}] does not hold ${data.length} elements`);
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const header = new TextEncoder().encode(`${text.padEnd(length - 1)}\n`);
  if (header.length >= MAX_HEADER) throw new UsageError(`npy: a shape of ${shape.length} dimensions is too long for the format`);
  const size = Uint8Array.of(1, 0, header.length & 255, header.length >> 8);
  return concatBytes([MAGIC, size, header, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]);
}

/** What stands before the data of a file. */
export interface NpyHeader {
  readonly dtype: NpyDtype;
  readonly shape: readonly number[];
  /** Where the data begins, in bytes. */
  readonly dataAt: number;
}

/** Bytes from the beginning of a file that are sure to hold its header. */
export const NPY_HEADER_BYTES = MAX_HEADER + 12;

/**
 * Reads a file of `numpy.save`: formats 1.0 to 3.0, C order, the little-endian types of `NpyDtype`. The data is a copy.
 * @param name what to call the bytes in errors
 * @throws FormatError on anything else, and on a file shorter or longer than its shape says
 */
export function readNpy(bytes: Uint8Array, name = "npy data"): NpyArray {
  const { dtype, shape, dataAt } = readNpyHeader(bytes, name);
  checkNpySize({ dtype, shape, dataAt }, bytes.length, name);
  // A fresh array is aligned to every element size (a Buffer's own `slice` would not copy).
  const data = new Uint8Array(bytes.subarray(dataAt));
  return { dtype, shape, data: new NPY[dtype](data.buffer) } as NpyArray;
}

/**
 * The header alone, to read a large file by parts.
 * @param bytes the file, or its first `NPY_HEADER_BYTES`
 * @throws FormatError as `readNpy`, but for the size of the data
 */
export function readNpyHeader(bytes: Uint8Array, name = "npy data"): NpyHeader {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw fault(name, "byte 0", "the magic bytes of npy", "something else");
  const file = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = file.getUint8(6);
  if (version < 1 || version > 3 || file.getUint8(7) !== 0)
    throw fault(name, "byte 6 (version)", "1.0, 2.0 or 3.0", `${version}.${file.getUint8(7)}`);
  const [start, length] = version === 1 ? [10, file.getUint16(8, true)] : [12, file.getUint32(8, true)];
  if (length > Math.min(MAX_HEADER, bytes.length - start)) throw fault(name, "byte 8 (header length)", "a header within the file", length);
  const header = new TextDecoder().decode(bytes.subarray(start, start + length));
  const descr = DESCR.exec(header)?.[1] ?? "";
  if (!isNpyDtype(descr)) throw fault(name, "descr", `one of ${Object.keys(NPY).join(" ")}`, quote(descr));
  if (ORDER.exec(header)?.[1] !== "False") throw fault(name, "fortran_order", "False (C order)", quote(ORDER.exec(header)?.[1] ?? header));
  return { dtype: descr, shape: parseShape(header, name), dataAt: start + length };
}

/** @throws FormatError unless a file of `size` bytes holds just what its header says */
export function checkNpySize({ dtype, shape, dataAt }: NpyHeader, size: number, name = "npy data"): void {
  const elements = checkedElements(shape);
  const bytes = elements === undefined ? undefined : elements * NPY[dtype].BYTES_PER_ELEMENT;
  if (bytes === size - dataAt) return;
  const expected = `${bytes ?? "fewer than 2^53"} bytes for ${dtype} [${shape.slice(0, 8).join(", ")}]`;
  throw fault(name, "data", expected, `${size - dataAt} bytes`);
}

function isNpyDtype(text: string): text is NpyDtype {
  return Object.hasOwn(NPY, text);
}

function parseShape(header: string, name: string): number[] {
  const sizes = SHAPE.exec(header)?.[1]?.split(",") ?? ["none"];
  if (sizes.at(-1)?.trim() === "") sizes.pop(); // "(3,)" and "()"
  if (!sizes.every((size) => /^\s*\d+\s*$/.test(size))) throw fault(name, "shape", "a tuple of sizes", quote(header));
  return sizes.map(Number);
}

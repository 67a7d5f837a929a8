import { crc32, crcHex } from "./crc32.ts";
import { checkedElements, fault, quote } from "./fault.ts";
import { type HeaderValue, parseHeaderJson } from "./header_json.ts";
import {
  ARRAY_OF,
  CHECKSUM_AT,
  CHECKSUM_KEY,
  CHECKSUM_PREFIX,
  dtypeBytes,
  isSafeDtype,
  MAX_HEADER_BYTES,
  type SafeArray,
  type SafeDtype,
  type SafeTensor,
} from "./safetensors_types.ts";

/** What `readSafetensors` accepts. */
export interface SafetensorsOptions {
  /** What to call the bytes in errors: a path, a URL. */
  readonly name?: string;
  /** `required` refuses a file without our checksum (use it for files of our own); the default verifies it when it is there. */
  readonly checksum?: "required" | "if-present";
}

/** A file that passed every check. */
export interface SafetensorsFile {
  /** What the caller called the bytes. */
  readonly name: string;
  /** By name, in the order of the header. Views into the file's bytes where alignment allows, copies otherwise. */
  readonly tensors: Map<string, SafeTensor>;
  /** `__metadata__` without the checksum. */
  readonly metadata: Map<string, string>;
  /** Whether a checksum was there (and right). */
  readonly verified: boolean;
}

interface Info {
  readonly name: string;
  readonly dtype: SafeDtype;
  readonly shape: number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a safetensors file and trusts nothing in it: header length, UTF-8, strict JSON (no duplicate or prototype keys), known
 * fields and dtypes, checked size arithmetic, data ranges that tile the rest of the file exactly (no overlap, no hole, no rest,
 * empty tensors included), and the CRC-32 that our writer leaves in `__metadata__`.
 * @throws FormatError naming the file, the byte offset or the tensor, what was expected and what was found
 */
export function readSafetensors(bytes: Uint8Array, options: SafetensorsOptions = {}): SafetensorsFile {
  const file = options.name ?? "safetensors data";
  const dataAt = readLength(bytes, file);
  const header = parse(bytes.subarray(8, dataAt), file);
  const metadata = readMetadata(header.get("__metadata__"), file);
  const verified = verifyChecksum(bytes, metadata, file, options.checksum ?? "if-present");
  header.delete("__metadata__");
  const infos = [...header].map(([name, value]) => readInfo(name, value, file));
  checkTiling(infos, bytes.length - dataAt, file);
  const data = bytes.subarray(dataAt);
  return { name: file, tensors: new Map(infos.map((info) => [info.name, view(data, info)])), metadata, verified };
}

/**
 * The data of one tensor of a file, after a check that it is there with this dtype and shape.
 * @throws FormatError when it is absent or different
 */
export function takeTensor<D extends SafeDtype>(file: SafetensorsFile, name: string, dtype: D, shape: readonly number[]): SafeArray<D> {
  const tensor = file.tensors.get(name);
  const expected = `${dtype} [${shape.join(", ")}]`;
  if (tensor === undefined) throw fault(file.name, `tensor ${quote(name)}`, expected, "no tensor of that name");
  const found = `${tensor.dtype} [${tensor.shape.join(", ")}]`;
  if (found !== expected) throw fault(file.name, `tensor ${quote(name)}`, expected, found);
  return tensor.data as SafeArray<D>;
}

/** Checks the first eight bytes; returns where the data starts. */
function readLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < 8 + 2) throw fault(file, "file size", "at least 10 bytes", bytes.length);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const limit = Math.min(MAX_HEADER_BYTES, bytes.length - 8);
  if (length < 2n || length > BigInt(limit)) {
    throw fault(file, "byte 0 (header length)", `2 to ${limit}`, `${length}: truncated, or not a safetensors file`);
  }
  if (bytes[8] !== 0x7b) throw fault(file, "byte 8 (header)", '"{"', `byte 0x${bytes[8]?.toString(16).padStart(2, "0")}`);
  return 8 + Number(length);
}

function parse(header: Uint8Array, file: string): Map<string, HeaderValue> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch (cause) {
    throw fault(file, "byte 8 (header)", "UTF-8", "bytes that are not", { cause });
  }
  const at = (index: number) => 8 + new TextEncoder().encode(text.slice(0, index)).length;
  const value = parseHeaderJson(text, (index, expected, found) => fault(file, `byte ${at(index)} (header)`, expected, found));
  if (!(value instanceof Map)) throw fault(file, "byte 8 (header)", "an object", "something else");
  return value;
}

function readMetadata(value: HeaderValue | undefined, file: string): Map<string, string> {
  if (value === undefined) return new Map();
  if (!(value instanceof Map)) throw fault(file, "__metadata__", "an object", typeof value);
  const texts = new Map<string, string>();
  for (const [key, text] of value) {
    if (typeof text !== "string") throw fault(file, `__metadata__ ${quote(key)}`, "a string", typeof text);
    texts.set(key, text);
  }
  return texts;
}

/** Verifies the checksum and takes it out of `metadata`; returns whether there was one. */
function verifyChecksum(bytes: Uint8Array, metadata: Map<string, string>, file: string, policy: "required" | "if-present"): boolean {
  const place = `__metadata__ ${CHECKSUM_KEY}`;
  const stored = metadata.get(CHECKSUM_KEY);
  if (stored === undefined) {
    if (policy === "required") throw fault(file, place, "a checksum", "none: not written by nearfar, or damaged");
    return false;
  }
  const prefix = new TextEncoder().encode(CHECKSUM_PREFIX);
  if (prefix.some((byte, i) => bytes[8 + i] !== byte) || !/^[0-9a-f]{8}$/.test(stored)) {
    throw fault(
      file,
      place,
      "eight digits in the header's first entry",
      `${quote(stored)}: another program rewrote the file; drop that entry`,
    );
  }
  const before = crc32(bytes.subarray(0, CHECKSUM_AT));
  const digits = crc32(new Uint8Array(8).fill(0x30), before);
  const computed = crcHex(crc32(bytes.subarray(CHECKSUM_AT + 8), digits));
  if (computed !== stored) throw fault(file, place, stored, `${computed}: the file is damaged; use another copy`);
  metadata.delete(CHECKSUM_KEY);
  return true;
}

function readInfo(name: string, value: HeaderValue, file: string): Info {
  const place = `tensor ${quote(name)}`;
  if (!(value instanceof Map)) throw fault(file, place, "an object", Array.isArray(value) ? "an array" : typeof value);
  const unknown = [...value.keys()].find((key) => key !== "dtype" && key !== "shape" && key !== "data_offsets");
  if (unknown !== undefined) throw fault(file, place, "only dtype, shape and data_offsets", quote(unknown));
  const dtype = value.get("dtype");
  if (typeof dtype !== "string" || !isSafeDtype(dtype)) {
    throw fault(
      file,
      `${place} dtype`,
      `one of ${Object.keys(ARRAY_OF).join(" ")}`,
      typeof dtype === "string" ? quote(dtype) : typeof dtype,
    );
  }
  const shape = integers(value.get("shape"), `${place} shape`, file);
  const [begin = 0, end = 0, ...rest] = integers(value.get("data_offsets"), `${place} data_offsets`, file, 2);
  if (rest.length > 0 || end < begin)
    throw fault(file, `${place} data_offsets`, "[begin, end] with begin <= end", `[${[begin, end, ...rest]}]`);
  const elements = checkedElements(shape);
  const size = elements === undefined ? undefined : elements * dtypeBytes(dtype);
  if (size === undefined || !Number.isSafeInteger(size))
    throw fault(file, `${place} shape`, "fewer than 2^53 bytes", `[${shape.slice(0, 8).join(", ")}]`);
  if (end - begin !== size)
    throw fault(file, `${place} data_offsets`, `${size} bytes for ${dtype} [${shape.slice(0, 8).join(", ")}]`, `${end - begin} bytes`);
  return { name, dtype, shape, begin, end };
}

function integers(value: HeaderValue | undefined, place: string, file: string, atLeast = 0): number[] {
  if (!Array.isArray(value)) throw fault(file, place, "an array of integers", value === undefined ? "nothing" : typeof value);
  const list = value.filter((item) => typeof item === "number");
  if (list.length !== value.length) throw fault(file, place, "an array of integers", "an entry that is not one");
  if (list.length < atLeast) throw fault(file, place, `${atLeast} integers`, list.length);
  return list;
}

/** The ranges, in order, must cover [0, size) with no overlap and no gap. */
function checkTiling(infos: readonly Info[], size: number, file: string): void {
  let covered = 0;
  for (const { name, begin, end } of [...infos].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      throw fault(
        file,
        `tensor ${quote(name)}`,
        `data from byte ${covered} of the data section`,
        `${begin}: ${begin < covered ? "an overlap" : "a hole"}`,
      );
    }
    if (end > size)
      throw fault(
        file,
        `tensor ${quote(name)}`,
        `data within the ${size} bytes after the header`,
        `an end at ${end}: the file is truncated`,
      );
    covered = end;
  }
  if (covered !== size) throw fault(file, "data section", `${covered} bytes`, `${size}: bytes that belong to no tensor`);
}

function view(data: Uint8Array, { dtype, shape, begin, end }: Info): SafeTensor {
  const View = ARRAY_OF[dtype];
  const bytes = data.subarray(begin, end);
  // Typed arrays must start on a multiple of their element size; our files always do, foreign ones need not.
  const aligned = bytes.byteOffset % View.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  const array = new View(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / View.BYTES_PER_ELEMENT);
  return { dtype, shape, data: array } as SafeTensor;
}

import { UsageError } from "../errors.ts";
import { concatBytes } from "./bytes.ts";
import { crc32, crcHex } from "./crc32.ts";
import { checkedElements, quote } from "./fault.ts";
import { isSafeKey } from "./header_json.ts";
import {
  ARRAY_OF,
  CHECKSUM_AT,
  CHECKSUM_KEY,
  CHECKSUM_PREFIX,
  dtypeBytes,
  MAX_HEADER_BYTES,
  type SafeTensor,
} from "./safetensors_types.ts";

/** Text entries of `__metadata__`, in the order in which they are written. */
export type Metadata = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/**
 * A safetensors file as a list of byte chunks to be written one after the other: the header, then the tensors' own bytes (views,
 * not copies: write them before the arrays change). The same input gives the same bytes. Tensors lie in order of element size,
 * largest first, and the header is padded with spaces to a multiple of 8, so every tensor is aligned in the file.
 * `__metadata__` gets a CRC-32 of the file under `nearfar.crc32`. Readable by the reference implementation (Python, Rust).
 * @throws UsageError when a name, a shape, a dtype or a metadata entry cannot be written
 */
export function safetensorsChunks(tensors: ReadonlyMap<string, SafeTensor>, metadata: Metadata = {}): Uint8Array[] {
  const ordered = [...tensors].sort(([, a], [, b]) => dtypeBytes(b.dtype) - dtypeBytes(a.dtype));
  const data = ordered.map(([name, tensor]) => bytesOf(name, tensor));
  const header = encodeHeader(ordered, metadata);
  const crc = data.reduce((sum, bytes) => crc32(bytes, sum), crc32(header));
  header.set(new TextEncoder().encode(crcHex(crc)), CHECKSUM_AT);
  return [header, ...data];
}

/** The chunks of `safetensorsChunks` joined into one array. */
export function writeSafetensors(tensors: ReadonlyMap<string, SafeTensor>, metadata: Metadata = {}): Uint8Array<ArrayBuffer> {
  return concatBytes(safetensorsChunks(tensors, metadata));
}

/** The header length and the header, the checksum's digits still zero. */
function encodeHeader(ordered: readonly (readonly [string, SafeTensor])[], metadata: Metadata): Uint8Array {
  // Joined by hand: an object literal would move integer-like names to the front and give `__proto__` a meaning.
  const entries = metadata instanceof Map ? [...metadata] : Object.entries(metadata);
  const text = entries.map(([key, value]) => `,${metadataEntry(key, value)}`).join("");
  let begin = 0;
  const infos = ordered.map(([name, { dtype, shape, data }]) => {
    const end = begin + data.byteLength;
    const info = `,${JSON.stringify(name)}:{"dtype":"${dtype}","shape":[${shape.join(",")}],"data_offsets":[${begin},${end}]}`;
    begin = end;
    return info;
  });
  const json = new TextEncoder().encode(`${CHECKSUM_PREFIX}00000000"${text}}${infos.join("")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new UsageError(
      `safetensors: a header of ${length} bytes is over the format's limit of ${MAX_HEADER_BYTES}: shorten names or metadata`,
    );
  }
  const header = new Uint8Array(8 + length).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(length), true);
  header.set(json, 8);
  return header;
}

function metadataEntry(key: string, value: string): string {
  if (key === CHECKSUM_KEY)
    throw new UsageError(`safetensors: the metadata key ${CHECKSUM_KEY} is written by nearfar itself: leave it out`);
  if (typeof value !== "string") throw new UsageError(`safetensors: metadata ${quote(key)}: expected a string, found ${typeof value}`);
  if (!isSafeKey(key) || /\p{Surrogate}/u.test(value)) {
    throw new UsageError(`safetensors: metadata ${quote(key)} cannot be written: a reserved key or malformed Unicode`);
  }
  return `${JSON.stringify(key)}:${JSON.stringify(value)}`;
}

function bytesOf(name: string, { dtype, shape, data }: SafeTensor): Uint8Array {
  const at = `safetensors: tensor ${quote(name)}`;
  if (name === "__metadata__" || !isSafeKey(name)) throw new UsageError(`${at}: a reserved name or malformed Unicode: choose another name`);
  if (!(data instanceof ARRAY_OF[dtype])) throw new UsageError(`${at}: dtype ${dtype} needs a ${ARRAY_OF[dtype].name}`);
  const elements = checkedElements(shape);
  if (elements !== data.length) throw new UsageError(`${at}: shape [${shape.join(", ")}] does not hold ${data.length} elements`);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

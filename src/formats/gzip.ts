import { FormatError } from "../errors.ts";
import { concatBytes } from "./bytes.ts";
import { fault } from "./fault.ts";

/** Whether the bytes start as a gzip member does (RFC 1952: 1f 8b, method 8). Judged by content: servers and browsers may unpack by themselves. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8;
}

/** What `gunzip` accepts. */
export interface GunzipOptions {
  /** What to call the bytes in errors. */
  readonly name?: string;
  /** Most bytes that may come out (a few kilobytes can unpack to gigabytes). Default 2^31. */
  readonly limit?: number;
}

/**
 * The unpacked bytes when `bytes` is gzip, otherwise `bytes` itself. Uses the host's DecompressionStream (browsers, Node 18 and later).
 * @throws FormatError when the data is truncated, damaged or unpacks to more than `limit` bytes
 */
export async function gunzip(bytes: Uint8Array, options: GunzipOptions = {}): Promise<Uint8Array> {
  if (!isGzip(bytes)) return bytes;
  const file = options.name ?? "gzip data";
  const limit = options.limit ?? 2 ** 31;
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > limit) throw fault(file, "gzip data", `at most ${limit} unpacked bytes`, "more");
      chunks.push(part.value);
    }
  } catch (cause) {
    // Stops the decompressor; its own complaint about that would hide the reason.
    reader.cancel().catch(() => {});
    if (cause instanceof FormatError) throw cause;
    throw fault(file, "gzip data", "a complete gzip member", "truncated or damaged data", { cause });
  }
  return concatBytes(chunks);
}

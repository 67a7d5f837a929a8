/** Lookup tables for eight bytes at a time: row k advances a byte that is followed by k more (Kounavis and Berry 2005, slicing-by-8). */
function slicingTables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[n] = c;
  }
  for (let i = 256; i < table.length; i++) {
    const previous = table[i - 256] ?? 0;
    table[i] = (previous >>> 8) ^ (table[previous & 255] ?? 0);
  }
  return table;
}

const TABLES = /* @__PURE__ */ slicingTables();

/**
 * CRC-32 as in zlib, gzip and PNG (polynomial 0xEDB88320, reflected). Pure TypeScript, so it is synchronous and the same in every host.
 * Finds every burst of up to 32 changed bits; anything else slips through once in 2^32. Not a signature.
 * @param bytes the bytes to add
 * @param previous the CRC of the bytes before them: `crc32(b, crc32(a))` is the CRC of a followed by b
 * @returns an unsigned 32-bit integer
 */
export function crc32(bytes: Uint8Array, previous = 0): number {
  const t = TABLES;
  const n = bytes.length;
  let c = ~previous;
  let i = 0;
  for (; i + 8 <= n; i += 8) {
    const low = c ^ word(bytes, i);
    const high = word(bytes, i + 4);
    c =
      at(t, 1792 + (low & 255)) ^
      at(t, 1536 + ((low >>> 8) & 255)) ^
      at(t, 1280 + ((low >>> 16) & 255)) ^
      at(t, 1024 + (low >>> 24)) ^
      at(t, 768 + (high & 255)) ^
      at(t, 512 + ((high >>> 8) & 255)) ^
      at(t, 256 + ((high >>> 16) & 255)) ^
      at(t, high >>> 24);
  }
  for (; i < n; i++) c = (c >>> 8) ^ at(t, (c ^ at(bytes, i)) & 255);
  return ~c >>> 0;
}

/** A CRC as the eight lower-case hexadecimal digits that our files carry. */
export function crcHex(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

/** A read whose index is in range by construction. */
function at(array: Int32Array | Uint8Array, i: number): number {
  return array[i] as number;
}

function word(b: Uint8Array, i: number): number {
  return at(b, i) | (at(b, i + 1) << 8) | (at(b, i + 2) << 16) | (at(b, i + 3) << 24);
}

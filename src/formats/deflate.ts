/** Codes 257-285 of DEFLATE: the shortest match length of each, and its extra bits (RFC 1951, 3.2.5). */
const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
/** Distance codes 0-29 likewise: two codes for each number of extra bits. */
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, code) => Math.max(0, (code >> 1) - 1));
const DISTANCE_BASE = DISTANCE_EXTRA.map((extra, code) => (code < 2 ? code + 1 : ((2 + (code & 1)) << extra) + 1));

const WINDOW = 32768;
const LONGEST = 258;
/** How many earlier places with the same three bytes are tried. */
const TRIES = 16;

/**
 * Compresses to the zlib format (RFC 1950): greedy LZ77 and one block of fixed Huffman codes. Small and synchronous, where
 * CompressionStream is not; meant for pictures in reports. Drawings shrink to a quarter, noise grows by up to an eighth.
 */
export function zlibCompress(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new BitWriter(Math.ceil((data.length * 9) / 8) + 16);
  out.bits(0x0178, 16); // zlib header: deflate, 32 KB window, fastest
  out.bits(0b011, 3); // the last block, fixed codes
  deflate(data, out);
  literal(out, 256); // end of block
  out.flush();
  const sum = adler32(data);
  for (const shift of [24, 16, 8, 0]) out.bits((sum >>> shift) & 255, 8);
  return out.done();
}

/** Adler-32 (RFC 1950, 8.2). */
export function adler32(data: Uint8Array): number {
  let a = 1;
  let b = 0;
  for (let start = 0; start < data.length; start += 5552) {
    for (const byte of data.subarray(start, start + 5552)) {
      a += byte;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

/** Literals and matches of `data`. */
function deflate(data: Uint8Array, out: BitWriter): void {
  const newest = new Int32Array(1 << 15).fill(-1); // by hash: where these three bytes were seen last
  const older = new Int32Array(WINDOW); // by place modulo the window: the time before
  const remember = (i: number) => {
    if (i + 2 >= data.length) return;
    const h = hash(data, i);
    older[i % WINDOW] = newest[h] ?? -1;
    newest[h] = i;
  };
  for (let i = 0; i < data.length; ) {
    const { length, distance } = longestMatch(data, i, newest, older);
    if (length === 0) literal(out, data[i] ?? 0);
    else match(out, length, distance);
    for (const end = i + Math.max(1, length); i < end; i++) remember(i);
  }
}

/** The longest earlier run that equals the bytes at `i`; length 0 when there is none of 3 or more. */
function longestMatch(data: Uint8Array, i: number, newest: Int32Array, older: Int32Array): { length: number; distance: number } {
  const most = Math.min(LONGEST, data.length - i);
  const best = { length: 0, distance: 0 };
  if (most < 3) return best;
  let from = newest[hash(data, i)] ?? -1;
  for (let tries = 0; tries < TRIES && from >= 0 && i - from <= WINDOW && best.length < most; tries++) {
    let length = 0;
    while (length < most && data[from + length] === data[i + length]) length++;
    if (length >= 3 && length > best.length) {
      best.length = length;
      best.distance = i - from;
    }
    // A place that the window has passed was overwritten by a newer one: stop there.
    const next = older[from % WINDOW] ?? -1;
    if (next >= from) break;
    from = next;
  }
  return best;
}

function hash(data: Uint8Array, i: number): number {
  const word = (data[i] ?? 0) | ((data[i + 1] ?? 0) << 8) | ((data[i + 2] ?? 0) << 16);
  return Math.imul(word, 0x9e3779b1) >>> 17;
}

function match(out: BitWriter, length: number, distance: number): void {
  const l = LENGTH_BASE.findLastIndex((base) => base <= length);
  literal(out, 257 + l);
  out.bits(length - (LENGTH_BASE[l] ?? 0), LENGTH_EXTRA[l] ?? 0);
  const d = DISTANCE_BASE.findLastIndex((base) => base <= distance);
  out.code(d, 5);
  out.bits(distance - (DISTANCE_BASE[d] ?? 0), DISTANCE_EXTRA[d] ?? 0);
}

/** A literal, length or end code in the fixed Huffman code (RFC 1951, 3.2.6). */
function literal(out: BitWriter, symbol: number): void {
  if (symbol < 144) out.code(0x30 + symbol, 8);
  else if (symbol < 256) out.code(0x190 + symbol - 144, 9);
  else if (symbol < 280) out.code(symbol - 256, 7);
  else out.code(0xc0 + symbol - 280, 8);
}

/** Packs bits into bytes, lowest bit first. */
class BitWriter {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #length = 0;
  #pending = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** The `count` (at most 16) low bits of `value`. */
  bits(value: number, count: number): void {
    this.#pending |= value << this.#count;
    this.#count += count;
    for (; this.#count >= 8; this.#count -= 8) {
      this.#bytes[this.#length++] = this.#pending;
      this.#pending >>>= 8;
    }
  }

  /** A Huffman code: these go in highest bit first. */
  code(value: number, count: number): void {
    let reversed = 0;
    for (let bit = 0; bit < count; bit++) reversed |= ((value >> bit) & 1) << (count - 1 - bit);
    this.bits(reversed, count);
  }

  /** Fills the last byte with zeros. */
  flush(): void {
    if (this.#count > 0) this.bits(0, 8 - this.#count);
  }

  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }
}

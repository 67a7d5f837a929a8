import { concatBytes } from "./bytes.ts";
import { crc32, crcHex } from "./crc32.ts";
import { fault, quote } from "./fault.ts";

/** What the first chunk of a PNG says (ISO/IEC 15948, 11.2.2). */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colourType: number;
  readonly interlaced: boolean;
}

/** A PNG taken apart: all that its pixels depend on. */
export interface PngParts extends PngHeader {
  /** RGB triples. */
  readonly palette?: Uint8Array;
  /** Chunk tRNS: alpha of the palette's colours, or the one colour that is transparent. */
  readonly transparent?: Uint8Array;
  /** The zlib stream of the lines: all IDAT chunks. */
  readonly packed: Uint8Array;
  /** The file without any other chunk: colour profiles and texts can hide a bomb, too. */
  readonly bare: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Depths that a colour type may have, and its samples a pixel. */
const TYPES: ReadonlyMap<number, { readonly depths: readonly number[]; readonly samples: 1 | 2 | 3 | 4 }> = new Map([
  [0, { depths: [1, 2, 4, 8, 16], samples: 1 }],
  [2, { depths: [8, 16], samples: 3 }],
  [3, { depths: [1, 2, 4, 8], samples: 1 }],
  [4, { depths: [8, 16], samples: 2 }],
  [6, { depths: [8, 16], samples: 4 }],
]);
/** Adam7: first column, first row, step in both, of each pass. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/**
 * Reads a PNG's first chunk.
 * @param bytes the file, or its beginning
 * @returns undefined when `bytes` end before the chunk does
 * @throws FormatError when it is no PNG, or the chunk is damaged
 */
export function readPngHeader(bytes: Uint8Array, name = "PNG file"): PngHeader | undefined {
  if (bytes.length < 33) return undefined;
  if (!isPng(bytes)) throw fault(name, "byte 0", "the signature of PNG", "something else");
  const first = chunkAt(bytes, 8, name);
  if (first.type !== "IHDR" || first.data.length !== 13) throw fault(name, "byte 8", "chunk IHDR of 13 bytes", quote(first.type));
  const view = new DataView(first.data.buffer, first.data.byteOffset, 13);
  const [depth, colourType, method, filter, interlace] = [8, 9, 10, 11, 12].map((at) => view.getUint8(at));
  const type = TYPES.get(colourType ?? -1);
  if (!type?.depths.includes(depth ?? 0)) {
    throw fault(name, "IHDR", "a bit depth and colour type of PNG", `depth ${depth}, colour type ${colourType}`);
  }
  if (method !== 0 || filter !== 0 || (interlace ?? 2) > 1) {
    throw fault(name, "IHDR", "the methods 0, 0 and interlace 0 or 1", `${method}, ${filter} and ${interlace}`);
  }
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: depth as PngHeader["depth"],
    colourType: colourType ?? 0,
    interlaced: interlace === 1,
  };
}

/**
 * Takes a whole PNG apart. Other chunks than those of `PngParts` are passed over, their checksums too.
 * @throws FormatError on truncation, a wrong checksum, a missing palette or picture, an unknown chunk that is marked as needed
 */
export function readPng(bytes: Uint8Array, name = "PNG file"): PngParts {
  const header = readPngHeader(bytes, name);
  if (header === undefined) throw fault(name, "file size", "at least 33 bytes", `${bytes.length}: truncated`);
  const found: { palette?: Uint8Array; transparent?: Uint8Array } = {};
  const packed: Uint8Array[] = [];
  const bare: Uint8Array[] = [bytes.subarray(0, 33)];
  for (let at = 33; ; ) {
    const { type, data, end } = chunkAt(bytes, at, name);
    if (type === "PLTE") found.palette = data;
    else if (type === "tRNS") found.transparent = data;
    else if (type === "IDAT") packed.push(data);
    else if (/^[A-Z]/.test(type) && type !== "IEND") throw fault(name, `byte ${at}`, "chunks that every reader knows", quote(type));
    if (type === "IDAT" || type === "IEND") bare.push(bytes.subarray(at, end));
    if (type === "IEND") break;
    at = end;
  }
  if (packed.length === 0) throw fault(name, "chunks", "a picture (IDAT)", "none");
  const colours = (found.palette?.length ?? 0) / 3;
  if (header.colourType === 3 && (colours === 0 || colours > 256 || !Number.isInteger(colours))) {
    throw fault(name, "chunk PLTE", "1 to 256 colours", colours);
  }
  return { ...header, ...found, packed: concatBytes(packed), bare: concatBytes(bare) };
}

/** Bytes that a PNG's zlib stream must unpack to: all lines, each with its filter byte. */
export function pngLineBytes({ width, height, depth, colourType, interlaced }: PngHeader): number {
  const bits = depth * (TYPES.get(colourType)?.samples ?? 1);
  const bytes = (w: number, h: number) => (w > 0 && h > 0 ? h * (1 + Math.ceil((w * bits) / 8)) : 0);
  if (!interlaced) return bytes(width, height);
  const sizes = PASSES.map(([x, y, dx, dy]) => bytes(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * The pixels of a PNG's lines as 8-bit samples, interleaved u8 [H, W, S]: S is 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. Palettes
 * are looked up, 16 bits rounded to 8, fewer stretched to 0..255, a transparent colour becomes alpha. Gamma and profiles are not applied.
 * @param lines samples of the lines without filters: u16 for depth 16; below 8 bits packed, each line starting with a new byte
 * @throws FormatError when there are fewer than the size says, or a pixel is no colour of the palette
 */
export function pngPixels(png: PngParts, lines: Uint8Array | Uint16Array, name = "PNG file"): { samples: 1 | 2 | 3 | 4; data: Uint8Array } {
  const { width, height, depth, colourType, palette, transparent } = png;
  const stored = TYPES.get(colourType)?.samples ?? 1;
  const row = depth < 8 ? Math.ceil((width * depth) / 8) : width * stored;
  if (lines.length !== row * height) throw fault(name, "picture", `${row * height} samples`, lines.length);
  const values = depth < 8 ? unpack(lines, width, height, depth) : lines;
  if (palette && colourType === 3) return fromPalette(values, palette, transparent, name);
  const top = 2 ** depth - 1;
  const level = (value: number) => Math.round((value * 255) / top);
  const key = transparent && stored % 2 === 1 ? keyOf(transparent, stored, name) : undefined;
  if (key === undefined) return { samples: stored, data: values instanceof Uint8Array && depth === 8 ? values : levelled(values, level) };
  const data = new Uint8Array(width * height * (stored + 1));
  for (let pixel = 0; pixel < width * height; pixel++) {
    const at = pixel * (stored + 1);
    for (let c = 0; c < stored; c++) data[at + c] = level(values[pixel * stored + c] ?? 0);
    data[at + stored] = key.every((value, c) => value === values[pixel * stored + c]) ? 0 : 255;
  }
  return { samples: stored === 1 ? 2 : 4, data };
}

function levelled(values: Uint8Array | Uint16Array, level: (value: number) => number): Uint8Array {
  const data = new Uint8Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = level(values[i] ?? 0);
  return data;
}

function fromPalette(indices: ArrayLike<number>, palette: Uint8Array, alpha: Uint8Array | undefined, name: string) {
  const samples = alpha ? 4 : 3;
  const data = new Uint8Array(indices.length * samples);
  for (let i = 0; i < indices.length; i++) {
    const colour = indices[i] ?? 0;
    if (3 * colour >= palette.length) throw fault(name, `pixel ${i}`, `a colour below ${palette.length / 3}`, colour);
    for (let c = 0; c < 3; c++) data[i * samples + c] = palette[3 * colour + c] ?? 0;
    if (alpha) data[i * samples + 3] = alpha[colour] ?? 255;
  }
  return { samples, data } as const;
}

function unpack(lines: Uint8Array | Uint16Array, width: number, height: number, depth: number): Uint8Array {
  const row = Math.ceil((width * depth) / 8);
  const values = new Uint8Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const bit = (i % width) * depth;
    const byte = lines[Math.floor(i / width) * row + (bit >> 3)] ?? 0;
    values[i] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
  }
  return values;
}

/** The transparent colour: two bytes a sample, whatever the depth. */
function keyOf(transparent: Uint8Array, samples: number, name: string): number[] {
  if (transparent.length !== 2 * samples) throw fault(name, "chunk tRNS", `${2 * samples} bytes`, transparent.length);
  return Array.from({ length: samples }, (_, c) => (transparent[2 * c] ?? 0) * 256 + (transparent[2 * c + 1] ?? 0));
}

function chunkAt(bytes: Uint8Array, at: number, name: string): { type: string; data: Uint8Array; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = at + 12 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
  const end = at + 12 + length;
  if (end > bytes.length) throw fault(name, `byte ${at}`, "a chunk, and at last IEND", "the end of the file: truncated");
  const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
  const needed = /^(?:[A-Z]|tRNS)/.test(type);
  const written = view.getUint32(end - 4);
  const sum = needed ? crc32(bytes.subarray(at + 4, end - 4)) : written;
  if (sum !== written) throw fault(name, `byte ${at}`, `checksum ${crcHex(sum)}`, `${crcHex(written)}: damaged`);
  return { type, data: bytes.subarray(at + 8, end - 4), end };
}

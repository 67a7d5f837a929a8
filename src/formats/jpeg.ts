import { exifOrientation, isExif, type Orientation } from "./exif.ts";
import { fault } from "./fault.ts";

/** What the header of a JPEG file says (ITU-T T.81). */
export interface JpegHeader {
  /** As stored, before `orientation`. */
  readonly width: number;
  readonly height: number;
  /** 1: grey, 3: colour. */
  readonly channels: 1 | 3;
  readonly orientation: Orientation;
}

const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
/** Frames by their marker. All others (lossless, hierarchical, arithmetic coding) are as good as never seen. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
/** Tables and reserved codes among the frames' markers. */
const NO_FRAMES: ReadonlySet<number> = new Set([0xc4, 0xc8, 0xcc]);
/** A progressive picture has some ten scans; each costs a pass over all pixels. */
const MAX_SCANS = 500;

export const isJpeg = (bytes: Uint8Array): boolean => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * Reads a JPEG up to its frame header.
 * @param bytes the file, or its beginning
 * @returns undefined when `bytes` end before the frame header does
 * @throws FormatError for damaged segments, CMYK, 12 bits a sample, and codings that are not baseline or progressive Huffman
 */
export function readJpegHeader(bytes: Uint8Array, name = "JPEG file"): JpegHeader | undefined {
  if (bytes.length < 3) return undefined;
  if (!isJpeg(bytes)) throw fault(name, "byte 0", "FF D8 FF (JPEG)", "something else");
  let orientation: Orientation | undefined;
  for (let at = 2; ; ) {
    const segment = segmentAt(bytes, at, name);
    if (segment === undefined) return undefined;
    const { marker, data, end } = segment;
    if (marker === SOS || marker === EOI) throw fault(name, `byte ${at}`, "a frame header before the picture", `marker ${hex(marker)}`);
    if (data === undefined && end > bytes.length) return undefined;
    if (data && marker === APP1 && isExif(data)) orientation ??= exifOrientation(data);
    if (data && (marker & 0xf0) === 0xc0 && !NO_FRAMES.has(marker)) return frame(data, marker, at, name, orientation ?? 1);
    at = end;
  }
}

/**
 * Walks through all segments and scans to the end mark. What follows it (other pictures, films of a phone) is not looked at.
 * @throws FormatError when the file ends before: decoders would fill the rest with grey
 */
export function checkJpegEnd(bytes: Uint8Array, name = "JPEG file"): void {
  let scans = 0;
  for (let at = 2; at < bytes.length; ) {
    const segment = segmentAt(bytes, at, name);
    if (segment?.marker === EOI) return;
    if (segment === undefined || segment.end > bytes.length) break;
    if (segment.marker === SOS && ++scans > MAX_SCANS) throw fault(name, `byte ${at}`, `at most ${MAX_SCANS} scans`, "more");
    at = segment.marker === SOS ? afterScan(bytes, segment.end) : segment.end;
  }
  throw fault(name, `byte ${bytes.length}`, "the end mark FF D9", "the end of the file: truncated");
}

interface Segment {
  readonly marker: number;
  /** Without its length; absent for marks without data, and when it reaches beyond the bytes. */
  readonly data?: Uint8Array;
  readonly end: number;
}

/** The segment that starts at `at`; undefined when the bytes end before its length is known. */
function segmentAt(bytes: Uint8Array, at: number, name: string): Segment | undefined {
  let from = at;
  while (bytes[from] === 0xff && bytes[from + 1] === 0xff) from++; // fill bytes
  if (from + 1 >= bytes.length) return undefined;
  const marker = bytes[from + 1] ?? 0;
  if (bytes[from] !== 0xff || marker === 0)
    throw fault(name, `byte ${from}`, "a marker", `${hex(bytes[from] ?? 0)} ${hex(marker)}: damaged`);
  if (marker === EOI || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) return { marker, end: from + 2 };
  if (from + 3 >= bytes.length) return undefined;
  const length = ((bytes[from + 2] ?? 0) << 8) | (bytes[from + 3] ?? 0);
  if (length < 2) throw fault(name, `byte ${from + 2} (segment length)`, "2 or more", length);
  const end = from + 2 + length;
  return end > bytes.length ? { marker, end } : { marker, end, data: bytes.subarray(from + 4, end) };
}

/** Where the coded data that starts at `at` ends: at the next marker that is no stuffed byte and no restart mark. */
function afterScan(bytes: Uint8Array, at: number): number {
  for (let i = bytes.indexOf(0xff, at); i >= 0; i = bytes.indexOf(0xff, i + 1)) {
    const next = bytes[i + 1] ?? 0;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return i;
  }
  return bytes.length;
}

function frame(data: Uint8Array, marker: number, at: number, name: string, orientation: Orientation): JpegHeader {
  if (!FRAMES.has(marker)) throw fault(name, `byte ${at} (coding)`, "baseline or progressive JPEG", `marker ${hex(marker)}`);
  if (data.length < 6) throw fault(name, `byte ${at}`, "a frame header", `${data.length} bytes: damaged`);
  const [precision = 0, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = data;
  if (precision !== 8) throw fault(name, `byte ${at} (bits a sample)`, "8", precision);
  if (components === 4) throw fault(name, "colours", "grey or RGB", "CMYK (four channels): convert it to RGB");
  if (components !== 1 && components !== 3) throw fault(name, "colours", "1 or 3 channels", components);
  return { width: w1 * 256 + w0, height: h1 * 256 + h0, channels: components, orientation };
}

const hex = (byte: number): string => byte.toString(16).padStart(2, "0").toUpperCase();

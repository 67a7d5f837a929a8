import { fault, quote } from "./fault.ts";

/** What a FLAC file says of itself before its frames (RFC 9639, section 8.2): enough to know its length without decoding it. */
export interface FlacInfo {
  /** Samples per second. */
  readonly rate: number;
  readonly channels: number;
  /** Bits of a sample. */
  readonly bits: number;
  /** Samples of each channel. */
  readonly samples: number;
  /** MD5 of all samples as interleaved little-endian integers of whole bytes, in hexadecimal; undefined when the encoder left it out. */
  readonly md5: string | undefined;
}

/** Bytes at the beginning of a file that hold all that is read. */
export const FLAC_HEAD_BYTES = 42;
const STREAMINFO_BYTES = 34;

/**
 * Reads STREAMINFO, which comes first.
 * @param bytes the file, or its first `FLAC_HEAD_BYTES`
 * @param name what to call the bytes in errors
 * @throws FormatError when the file is no FLAC, is cut within these bytes, contradicts itself, or does not say how long it is
 */
export function readFlacInfo(bytes: Uint8Array, name = "FLAC data"): FlacInfo {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic !== "fLaC") throw fault(name, "byte 0", "fLaC (a FLAC file)", quote(magic));
  if (bytes.length < FLAC_HEAD_BYTES)
    throw fault(name, "STREAMINFO", `${FLAC_HEAD_BYTES} bytes with what is before it`, `${bytes.length}: cut short`);
  const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const block = head.getUint32(4);
  const [type, length] = [(block >>> 24) & 0x7f, block & 0xffffff];
  if (type !== 0 || length !== STREAMINFO_BYTES)
    throw fault(name, "byte 4", `STREAMINFO (block 0 of ${STREAMINFO_BYTES} bytes) first`, `block ${type} of ${length}`);
  // 16 + 16 bits: smallest and largest block; 24 + 24: frame; 20: rate; 3: channels - 1; 5: bits - 1; 36: samples; 128: MD5.
  const [least, most] = [head.getUint16(8), head.getUint16(10)];
  if (least < 16 || most < least) throw fault(name, "byte 8 (block sizes)", "16 or more, the smallest first", `${least} and ${most}`);
  const packed = head.getUint32(18);
  const info = { rate: packed >>> 12, channels: ((packed >>> 9) & 7) + 1, bits: ((packed >>> 4) & 31) + 1 };
  const samples = (packed & 15) * 2 ** 32 + head.getUint32(22);
  if (info.rate === 0) throw fault(name, "byte 18 (samples per second)", "at least 1", 0);
  if (info.bits < 4) throw fault(name, "byte 20 (bits)", "4 or more", info.bits);
  if (samples === 0)
    throw fault(name, "byte 21 (samples)", "how many there are", "0, not known: encode it again into a file, not into a pipe");
  const md5 = Array.from(bytes.subarray(26, 42), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { ...info, samples, md5: /^0+$/.test(md5) ? undefined : md5 };
}

import { fault, quote } from "./fault.ts";

/** What a WAV file holds. */
export interface WavInfo {
  /** Samples per second. */
  readonly rate: number;
  readonly channels: number;
  readonly format: WavFormat;
  /** Samples of each channel. */
  readonly samples: number;
  /** Where they begin, in bytes. */
  readonly dataAt: number;
}

/** Encodings of a sample: unsigned bytes, signed integers and floating-point numbers, little-endian. */
export type WavFormat = keyof typeof FORMATS;

/** Bytes of a sample, and how the sample at a byte is read, full scale being 1. */
const FORMATS = {
  u8: { bytes: 1, read: (data: DataView, at: number) => (data.getUint8(at) - 128) / 2 ** 7 },
  s16: { bytes: 2, read: (data: DataView, at: number) => data.getInt16(at, true) / 2 ** 15 },
  s24: { bytes: 3, read: (data: DataView, at: number) => (data.getUint16(at, true) + data.getInt8(at + 2) * 2 ** 16) / 2 ** 23 },
  s32: { bytes: 4, read: (data: DataView, at: number) => data.getInt32(at, true) / 2 ** 31 },
  f32: { bytes: 4, read: (data: DataView, at: number) => data.getFloat32(at, true) },
  f64: { bytes: 8, read: (data: DataView, at: number) => data.getFloat64(at, true) },
} as const;

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** By format tag and bits. */
const ENCODINGS: ReadonlyMap<string, WavFormat> = new Map([
  [`${PCM} 8`, "u8"],
  [`${PCM} 16`, "s16"],
  [`${PCM} 24`, "s24"],
  [`${PCM} 32`, "s32"],
  [`${FLOAT} 32`, "f32"],
  [`${FLOAT} 64`, "f64"],
]);
/** Tags that files are met with, for errors. */
const KINDS: ReadonlyMap<number, string> = new Map([
  [PCM, "PCM"],
  [2, "ADPCM"],
  [FLOAT, "floating point"],
  [6, "A-law"],
  [7, "mu-law"],
  [0x11, "IMA ADPCM"],
  [0x31, "GSM"],
  [0x55, "MP3"],
]);
/** What follows the format tag in the subformat of WAVE_FORMAT_EXTENSIBLE: KSDATAFORMAT_SUBTYPE_*. */
const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
/** The largest chunk of `fmt ` that says anything. */
const FMT_BYTES = 40;
/** Read at first: nearly always holds every chunk but the samples. */
const HEAD_BYTES = 4096;

/** Where a file's bytes come from; all that are asked for are inside the file. */
export interface WavBytes {
  readonly name: string;
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * Reads the header of a WAV file (RIFF; Microsoft's Multimedia Data Standards, 1991 and 1994, and WAVE_FORMAT_EXTENSIBLE): PCM of 8, 16, 24
 * and 32 bits and floating point of 32 and 64. Chunks may come in any order; unknown ones are passed over. All sizes must agree with each
 * other and with the file's.
 * @throws FormatError when the file is something else, is cut, or contradicts itself
 */
export async function readWavInfo(file: WavBytes): Promise<WavInfo> {
  const { name, size } = file;
  const head = await file.read(0, Math.min(size, HEAD_BYTES));
  const bytes = async (at: number, length: number): Promise<DataView> => {
    const inside = at + length <= head.length ? head.subarray(at, at + length) : await file.read(at, length);
    return new DataView(inside.buffer, inside.byteOffset, length);
  };
  if (size < 12) throw fault(name, "file size", "at least 12 bytes (RIFF header)", size);
  const end = riffEnd(await bytes(0, 12), size, name);
  let fmt: Fmt | undefined;
  let data: Chunk | undefined;
  for (let at = 12; at < size; ) {
    const chunk = await chunkAt(bytes, at, file);
    if (chunk.id === "fmt ") {
      if (fmt) throw fault(name, `byte ${at}`, "one chunk fmt", "a second one");
      if (chunk.length < 16) throw fault(name, `byte ${at + 4} (size of fmt)`, "16 or more", chunk.length);
      fmt = readFmt(await bytes(chunk.at, Math.min(chunk.length, FMT_BYTES)), chunk.at, name);
    } else if (chunk.id === "data") {
      if (data) throw fault(name, `byte ${at}`, "one chunk data", "a second one");
      data = chunk;
    }
    const inside = chunk.at + chunk.length;
    at = inside + (chunk.length % 2);
    if (at >= size && (end < inside || end > at)) throw sizeFault(name, inside, end);
  }
  if (!fmt || !data)
    throw fault(name, "file", "chunks fmt and data", `no ${[...(fmt ? [] : ["fmt"]), ...(data ? [] : ["data"])].join(", no ")}`);
  const frame = fmt.channels * FORMATS[fmt.format].bytes;
  if (data.length % frame !== 0) throw fault(name, `byte ${data.at - 4} (size of data)`, `a multiple of ${frame}`, data.length);
  return { ...fmt, samples: data.length / frame, dataAt: data.at };
}

type Fmt = Pick<WavInfo, "rate" | "channels" | "format">;

interface Chunk {
  readonly id: string;
  /** First byte of its content, and how many there are. */
  readonly at: number;
  readonly length: number;
}

/** Where the file ends by its own word, give or take a last padding byte: it is often forgotten, or not counted. */
function riffEnd(head: DataView, size: number, name: string): number {
  const magic = text(head, 0);
  if (magic !== "RIFF") {
    const found = magic === "RF64" || magic === "RIFX" ? `${magic}, which is not read` : quote(magic);
    throw fault(name, "byte 0", "RIFF (a WAV file)", found);
  }
  if (text(head, 8) !== "WAVE") throw fault(name, "byte 8", "WAVE", quote(text(head, 8)));
  const end = 8 + head.getUint32(4, true);
  if (Math.abs(end - size) > 1) throw sizeFault(name, size, end);
  return end;
}

function sizeFault(name: string, size: number, end: number): Error {
  const found = `${end - 8}: ${end > size ? "cut short" : "more follows"}`;
  return fault(name, "byte 4 (size of RIFF)", `${size - 8}, as the file has ${size} bytes`, found);
}

async function chunkAt(bytes: (at: number, length: number) => Promise<DataView>, at: number, { name, size }: WavBytes): Promise<Chunk> {
  if (at + 8 > size) throw fault(name, `byte ${at}`, "the head of a chunk (8 bytes)", `${size - at} bytes: cut short`);
  const head = await bytes(at, 8);
  const id = text(head, 0);
  const length = head.getUint32(4, true);
  if (!/^[\x20-\x7e]{4}$/.test(id)) throw fault(name, `byte ${at}`, "the name of a chunk", quote(id));
  if (at + 8 + length > size)
    throw fault(name, `byte ${at + 4} (size of ${id.trim()})`, `at most ${size - at - 8}, to the end of the file`, `${length}: cut short`);
  return { id, at: at + 8, length };
}

function readFmt(fmt: DataView, at: number, name: string): Fmt {
  const field = (offset: number, what: string): string => `byte ${at + offset} (${what})`;
  const [tag, channels, rate] = [fmt.getUint16(0, true), fmt.getUint16(2, true), fmt.getUint32(4, true)];
  const [perSecond, perFrame, bits] = [fmt.getUint32(8, true), fmt.getUint16(12, true), fmt.getUint16(14, true)];
  const kind = tag === EXTENSIBLE ? subformat(fmt, at, name) : tag;
  const format = ENCODINGS.get(`${kind} ${bits}`);
  if (format === undefined) {
    const found = `${KINDS.get(kind) ?? `format 0x${kind.toString(16)}`} of ${bits} bits`;
    throw fault(name, field(0, "format"), "PCM of 8, 16, 24 or 32 bits, or floating point of 32 or 64", found);
  }
  if (channels === 0) throw fault(name, field(2, "channels"), "at least 1", 0);
  if (rate === 0) throw fault(name, field(4, "samples per second"), "at least 1", 0);
  const frame = channels * FORMATS[format].bytes;
  if (perFrame !== frame) throw fault(name, field(12, "bytes per frame"), `${frame} (${channels} x ${bits} bits)`, perFrame);
  if (perSecond !== frame * rate) throw fault(name, field(8, "bytes per second"), `${frame * rate} (${rate} x ${frame})`, perSecond);
  return { rate, channels, format };
}

/** The format tag within WAVE_FORMAT_EXTENSIBLE. Bits that are not used are zero and at the low end: they change nothing. */
function subformat(fmt: DataView, at: number, name: string): number {
  if (fmt.byteLength < FMT_BYTES) throw fault(name, `byte ${at - 4} (size of fmt)`, "40 (WAVE_FORMAT_EXTENSIBLE)", fmt.byteLength);
  const tail = GUID_TAIL.every((byte, i) => fmt.getUint8(26 + i) === byte);
  if (!tail) throw fault(name, `byte ${at + 24} (subformat)`, "PCM or floating point", "another GUID");
  return fmt.getUint16(24, true);
}

const text = (data: DataView, at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((i) => data.getUint8(at + i)));

/** Bytes of one sample of all channels. */
export const wavFrameBytes = ({ channels, format }: WavInfo): number => channels * FORMATS[format].bytes;

/**
 * Samples of a run of frames, full scale being 1 (floating point may go beyond it, and is handed on as it is).
 * @param bytes a whole number of frames
 * @param first number of the first frame, for errors
 * @returns one array a channel, as long as there are frames
 * @throws FormatError for a sample that is not finite
 */
export function wavSamples(bytes: Uint8Array, info: WavInfo, first: number, name: string): Float32Array[] {
  const { bytes: width, read } = FORMATS[info.format];
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frame = wavFrameBytes(info);
  return Array.from({ length: info.channels }, (_, channel) => {
    const samples = new Float32Array(bytes.length / frame);
    for (let i = 0; i < samples.length; i++) samples[i] = read(data, i * frame + channel * width);
    const bad = info.format.startsWith("f") ? samples.findIndex((sample) => !Number.isFinite(sample)) : -1;
    if (bad >= 0) throw fault(name, `sample ${first + bad} of channel ${channel}`, "a finite number", String(samples[bad]));
    return samples;
  });
}

/** A WAV file in memory. */
export interface Wav extends WavInfo {
  /** One array a channel. */
  readonly data: readonly Float32Array[];
}

/** Reads a whole file. @param name what to call the bytes in errors. @throws FormatError as `readWavInfo` and `wavSamples` */
export async function readWav(bytes: Uint8Array, name = "WAV data"): Promise<Wav> {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  const info = await readWavInfo({ name, size: bytes.length, read });
  const { dataAt, samples } = info;
  return { ...info, data: wavSamples(bytes.subarray(dataAt, dataAt + samples * wavFrameBytes(info)), info, 0, name) };
}

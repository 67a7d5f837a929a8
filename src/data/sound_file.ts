import { UsageError } from "../errors.ts";
import { crc32, crcHex } from "../formats/crc32.ts";
import { FLAC_HEAD_BYTES, type FlacInfo, readFlacInfo } from "../formats/flac_info.ts";
import { readWavInfo, wavFrameBytes, wavSamples } from "../formats/wav.ts";
import { readWhole, type Source } from "./source.ts";

/**
 * Decodes a whole FLAC file, checked against what it says of itself: in Node `nodeFlacDecoder()`.
 * @returns one array a channel, full scale being 1
 */
export type FlacDecoder = (bytes: Uint8Array, info: FlacInfo, name: string) => Promise<readonly Float32Array[]>;

/** A file of sound whose head was read and whose samples were not. */
export interface SoundFile {
  /** What errors call it. */
  readonly name: string;
  readonly rate: number;
  readonly channels: number;
  /** Samples of each channel. */
  readonly samples: number;
  /** Text that stands for its content as far as it was read: FLAC's MD5, for WAV a checksum of the first bytes. */
  readonly print: string;
  /** Whether damage to the samples would be noticed. */
  readonly checked: boolean;
  /** Samples [from, from + length) within the file, one array a channel. @throws FormatError, UsageError */
  read(from: number, length: number): Promise<readonly Float32Array[]>;
}

/** How files are opened that need more than their bytes. */
export interface SoundOpener {
  readonly flac?: FlacDecoder | undefined;
  readonly cache: DecodedCache;
}

/** Files that are sound, by their names. */
export const SOUND_FILE = /\.(?:wav|flac)$/i;

/** Opens a `.wav` or `.flac` file. @throws FormatError when its head is damaged, UsageError when it cannot be read or FLAC cannot be decoded */
export async function openSoundFile(source: Source, path: string, opener: SoundOpener): Promise<SoundFile> {
  return /\.flac$/i.test(path) ? openFlac(source, path, opener) : openWav(source, path);
}

async function openWav(source: Source, path: string): Promise<SoundFile> {
  const name = `${source.name}/${path}`;
  const size = await source.size(path);
  let print = "";
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = await source.read(path, offset, length);
    if (offset === 0) print = `wav ${size} ${crcHex(crc32(bytes))}`;
    return bytes;
  };
  const info = await readWavInfo({ name, size, read });
  const frame = wavFrameBytes(info);
  return {
    name,
    rate: info.rate,
    channels: info.channels,
    samples: info.samples,
    print,
    checked: false,
    read: async (from, length) => wavSamples(await source.read(path, info.dataAt + from * frame, length * frame), info, from, name),
  };
}

async function openFlac(source: Source, path: string, { flac, cache }: SoundOpener): Promise<SoundFile> {
  const name = `${source.name}/${path}`;
  if (!flac) throw new UsageError(`${name}: FLAC files need a decoder (flac; in Node: nodeFlacDecoder())`);
  const info = readFlacInfo(await source.read(path, 0, Math.min(FLAC_HEAD_BYTES, await source.size(path))), name);
  const { rate, channels, samples, md5 } = info;
  const decode = async () => flac((await readWhole(source, path)).bytes, info, name);
  return {
    name,
    rate,
    channels,
    samples,
    print: `flac ${samples} ${md5 ?? "unsigned"}`,
    checked: md5 !== undefined,
    read: async (from, length) => {
      const whole = await cache.get(path, 4 * channels * samples, decode);
      return whole.map((channel) => channel.slice(from, from + length));
    },
  };
}

/** Files that were decoded, the latest used ones, up to an amount of memory: windows are read from the same clips again and again. */
export class DecodedCache {
  /** In the order of their use, the latest last. */
  readonly #kept = new Map<string, { readonly bytes: number; readonly whole: Promise<readonly Float32Array[]> }>();
  #bytes = 0;

  /** @param limit bytes that are kept at most; a file above it is decoded every time */
  constructor(private readonly limit: number) {}

  /** What `make` gives, kept as `bytes` of memory: two that ask at once wait for one. What fails is not kept. */
  get(key: string, bytes: number, make: () => Promise<readonly Float32Array[]>): Promise<readonly Float32Array[]> {
    const known = this.#kept.get(key);
    if (known) {
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.whole;
    }
    if (bytes > this.limit) return make();
    const whole = make();
    this.#kept.set(key, { bytes, whole });
    this.#bytes += bytes;
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.limit) break;
      this.#drop(oldest);
    }
    whole.catch(() => {
      if (this.#kept.get(key)?.whole === whole) this.#drop(key);
    });
    return whole;
  }

  #drop(key: string): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}

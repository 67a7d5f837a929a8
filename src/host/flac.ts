import { createHash } from "node:crypto";
import type { FlacDecoder } from "../data/sound_file.ts";
import { UsageError } from "../errors.ts";
import { fault } from "../formats/fault.ts";
import type { FlacInfo } from "../formats/flac_info.ts";

/** The part of `@wasm-audio-decoders/flac` that is used. */
interface Library {
  readonly FLACDecoder: new () => Wasm;
}
interface Wasm {
  readonly ready: Promise<void>;
  decodeFile(bytes: Uint8Array): Promise<Decoded>;
  free(): void;
}
interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly bitDepth: number;
  readonly errors: readonly { readonly message: string }[];
}

/** What the decoder decodes, in bits: of others it makes infinities. */
const BITS: readonly number[] = [8, 16, 24];

/**
 * Decodes FLAC of 8, 16 or 24 bits by the optional peer `@wasm-audio-decoders/flac`, loaded when the first file comes. The decoder takes damaged
 * and cut files without a word, so what it makes is checked against what the file says of itself: rate, channels, bits, the number of samples, and
 * the MD5 of all of them.
 * @param load how the library is found
 * @throws the decoder: UsageError when the package is not installed, FormatError for a file that is damaged or of other bits
 */
export function nodeFlacDecoder(load: () => Promise<unknown> = () => import("@wasm-audio-decoders/flac")): FlacDecoder {
  let library: Promise<Library> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const one: FlacDecoder = async (bytes, info, name) => {
    if (!BITS.includes(info.bits)) throw fault(name, "STREAMINFO (bits)", "8, 16 or 24", info.bits);
    library ??= load().catch(missing) as Promise<Library>;
    const decoded = await decode(await library, bytes, name);
    checkDecoded(decoded, info, name);
    const { bytes: pcm, channels } = exactSamples(decoded.channelData, info);
    const found = createHash("md5").update(pcm).digest("hex");
    if (info.md5 !== undefined && found !== info.md5)
      throw fault(name, "frames", `samples with the MD5 ${info.md5}, as STREAMINFO says`, `${found}: damaged`);
    return channels;
  };
  // One file at a time: each takes the memory of its samples several times over while it is decoded.
  return (bytes, info, name) => {
    const next = last.then(() => one(bytes, info, name));
    last = next.catch(() => {});
    return next;
  };
}

/** By a decoder of its own: one that met damage may not be clean. */
async function decode({ FLACDecoder }: Library, bytes: Uint8Array, name: string): Promise<Decoded> {
  const decoder = new FLACDecoder();
  await decoder.ready;
  try {
    return await decoder.decodeFile(bytes);
  } catch (cause) {
    throw fault(name, "frames", "FLAC that can be decoded", cause instanceof Error ? cause.message : String(cause), { cause });
  } finally {
    decoder.free();
  }
}

function checkDecoded({ channelData, samplesDecoded, sampleRate, bitDepth, errors }: Decoded, info: FlacInfo, name: string): void {
  const [error] = errors;
  if (error) throw fault(name, "frames", "FLAC that can be decoded", error.message);
  if (samplesDecoded !== info.samples) {
    const found = `${samplesDecoded}: ${samplesDecoded < info.samples ? "damaged or cut short" : "another file's frames follow"}`;
    throw fault(name, "frames", `${info.samples} samples, as STREAMINFO says`, found);
  }
  if (channelData.length === info.channels && sampleRate === info.rate && bitDepth === info.bits) return;
  const shape = (channels: number, rate: number, bits: number) => `${channels} channels of ${bits} bits at ${rate} Hz`;
  throw fault(name, "frames", shape(info.channels, info.rate, info.bits), shape(channelData.length, sampleRate, bitDepth));
}

/**
 * The samples as the file has them. The decoder divides by the largest positive one, not by full scale, so they are made integers again.
 * @returns them with full scale 1, and as the bytes that the MD5 is of
 */
function exactSamples(decoded: readonly Float32Array[], { bits, samples }: FlacInfo): { bytes: Uint8Array; channels: Float32Array[] } {
  const [width, largest, full] = [bits / 8, 2 ** (bits - 1) - 1, 2 ** (bits - 1)];
  const bytes = new Uint8Array(samples * decoded.length * width);
  const channels = decoded.map((channel, c) => {
    const out = new Float32Array(samples);
    for (let i = 0; i < samples; i++) {
      const sample = Math.round((channel[i] ?? 0) * largest);
      out[i] = sample / full;
      const at = (i * decoded.length + c) * width;
      for (let k = 0; k < width; k++) bytes[at + k] = sample >> (8 * k);
    }
    return out;
  });
  return { bytes, channels };
}

function missing(cause: unknown): never {
  const what = "@wasm-audio-decoders/flac";
  throw new UsageError(`FLAC files need the npm package "${what}", which cannot be loaded. Install it: npm i ${what}`, { cause });
}

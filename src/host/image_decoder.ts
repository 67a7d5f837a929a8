import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { inflate } from "node:zlib";
import { checkDecoder, type DecodedImage, type DecoderOptions, type ImageDecoder, planar, upright } from "../data/decoded.ts";
import { FormatError, UsageError } from "../errors.ts";
import { fault } from "../formats/fault.ts";
import { type ImageHeader, wholeImageHeader } from "../formats/image_header.ts";
import { checkJpegEnd } from "../formats/jpeg.ts";
import { pngLineBytes, pngPixels, readPng } from "../formats/png_read.ts";

const unpack = promisify<Uint8Array, { maxOutputLength: number }, Uint8Array>(inflate);

/** Warnings of libjpeg that change no pixel: cameras leave such bytes. */
const HARMLESS = /extraneous bytes before marker/;

/**
 * Decodes PNG by the optional peer `fast-png` and JPEG by `@jsquash/jpeg`, loaded when the first such file comes. All kinds of PNG but
 * interlaced ones of less than 8 bits, JPEG in grey and RGB; EXIF's orientation is followed; colour profiles and gamma are not applied.
 * @throws UsageError for unknown options; the decoder: UsageError when a package is not installed, FormatError for a file that is damaged, truncated, CMYK or too large.
 */
export function nodeImageDecoder(options: DecoderOptions = {}): ImageDecoder {
  checkDecoder(options);
  const { background, maxPixels } = options;
  let png: Promise<PngDecode> | undefined;
  let jpeg: Promise<JpegDecode> | undefined;
  return async (bytes, name) => {
    const header = wholeImageHeader(bytes, name, maxPixels);
    if (header.kind === "png") {
      png ??= loadPng();
      return decodePng(await png, bytes, name, background);
    }
    checkJpegEnd(bytes, name);
    jpeg ??= loadJpeg();
    const decode = await jpeg;
    return upright(await decode(bytes, header, name), header.orientation);
  };
}

/** The part of `fast-png` that is used. */
type PngDecode = (bytes: Uint8Array) => { readonly data: Uint8Array | Uint8ClampedArray | Uint16Array };

async function loadPng(): Promise<PngDecode> {
  const { decode } = await import("fast-png").catch(missing("PNG", "fast-png"));
  return decode;
}

async function decodePng(decode: PngDecode, bytes: Uint8Array, name: string, background?: number): Promise<DecodedImage> {
  const png = readPng(bytes, name);
  const { height, width, depth, interlaced, packed, bare } = png;
  if (interlaced && depth < 8) throw fault(name, "IHDR", "8 or 16 bits when interlaced", `${depth}: save it without interlacing`);
  // fast-png unpacks without a limit, and takes lines that are missing for black.
  const expected = pngLineBytes(png);
  const lines = await unpack(packed, { maxOutputLength: expected + 1 }).catch((cause: Error & { code?: string }) => {
    const found = cause.code === "ERR_BUFFER_TOO_LARGE" ? "more" : "truncated or damaged data";
    throw fault(name, "picture", `${expected} unpacked bytes`, found, { cause });
  });
  if (lines.length !== expected) throw fault(name, "picture", `${expected} unpacked bytes`, lines.length);
  const { data } = attempt(name, () => decode(bare));
  const pixels = pngPixels(png, data instanceof Uint16Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length), name);
  const { samples } = pixels;
  return planar({ height, width, samples, alpha: samples % 2 === 0, channels: samples < 3 ? 1 : 3, data: pixels.data }, background);
}

function attempt<T>(name: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw new FormatError(`${name}: cannot be decoded: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

type JpegDecode = (bytes: Uint8Array, header: ImageHeader, name: string) => Promise<DecodedImage>;

/** The part of `@jsquash/jpeg` that is used. Its own types leave the compiled module out. */
interface Jsquash {
  init(module: WebAssembly.Module, options: { print(text: string): void; printErr(text: string): void }): Promise<void>;
  default(bytes: Uint8Array): Promise<{ readonly width: number; readonly height: number; readonly data: Uint8ClampedArray }>;
}

/** One file at a time: what the decoder says while it works is about that file. */
async function loadJpeg(): Promise<JpegDecode> {
  const jsquash = (await import("@jsquash/jpeg/decode.js").catch(missing("JPEG", "@jsquash/jpeg"))) as unknown as Jsquash;
  const file = createRequire(import.meta.url).resolve("@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm");
  const module = await WebAssembly.compile(await readFile(file));
  const said: string[] = [];
  const say = (text: string) => said.push(text);
  const start = () => jsquash.init(module, { print: say, printErr: say });
  await start();
  let last: Promise<unknown> = Promise.resolve();
  const one: JpegDecode = async (bytes, { channels }, name) => {
    said.length = 0;
    try {
      const { width, height, data } = await jsquash.default(bytes);
      const warning = said.find((text) => !HARMLESS.test(text));
      if (warning !== undefined) throw new FormatError(`${name}: damaged: ${warning}`);
      return planar({ height, width, samples: 4, alpha: false, channels, data });
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      // It has left by exit(), and frees nothing.
      await start();
      throw new FormatError(`${name}: cannot be decoded: ${said.join("; ") || cause}`, { cause });
    }
  };
  return (bytes, header, name) => {
    const next = last.then(() => one(bytes, header, name));
    last = next.catch(() => {});
    return next;
  };
}

function missing(format: string, name: string): (cause: unknown) => never {
  return (cause) => {
    throw new UsageError(`${format} files need the npm package "${name}", which cannot be loaded. Install it: npm i ${name}`, { cause });
  };
}

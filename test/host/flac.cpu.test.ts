import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FormatError, UsageError } from "../../src/errors.ts";
import { readFlacInfo } from "../../src/formats/flac_info.ts";
import { nodeFlacDecoder } from "../../src/host/flac.ts";
import { type FlacSpec, flacBytes } from "../data/flac_bytes.ts";

const decode = nodeFlacDecoder();
const decoded = (bytes: Uint8Array) => decode(bytes, readFlacInfo(bytes, "x.flac"), "x.flac");
/** Integers all over the range of `bits`, both ends included. */
const noise = (length: number, bits: number, seed = 1): number[] =>
  Array.from({ length }, (_, i) => {
    if (i < 2) return i === 0 ? -(2 ** (bits - 1)) : 2 ** (bits - 1) - 1;
    const v = Math.sin(12.9898 * (i + seed)) * 43758.5453;
    return Math.floor((v - Math.floor(v)) * 2 ** bits) - 2 ** (bits - 1);
  });

describe("the FLAC decoder", () => {
  test.each<[string, FlacSpec]>([
    ["mono of 16 bits in several frames, the last one short", { channels: [noise(1000, 16)] }],
    ["one short frame", { channels: [noise(17, 16)] }],
    ["8 bits", { bits: 8, channels: [noise(600, 8)] }],
    ["24 bits, exactly", { bits: 24, channels: [noise(5000, 24)], block: 1024 }],
    ["stereo at 44.1 kHz", { rate: 44100, channels: [noise(700, 16), noise(700, 16, 99)] }],
    ["silence", { channels: [new Array(700).fill(0)] }],
    ["no checksum", { channels: [noise(700, 16)], unsigned: true }],
  ])("gives the samples of %s", async (_, spec) => {
    const channels = await decoded(flacBytes(spec));
    expect(channels).toEqual(spec.channels.map((channel) => Float32Array.from(channel, (v) => v / 2 ** ((spec.bits ?? 16) - 1))));
  });

  test("decodes several files at once", async () => {
    const files = [300, 20, 900].map((length) => [noise(length, 16, length)]);
    const all = await Promise.all(files.map((channels) => decoded(flacBytes({ channels }))));
    expect(all.map(([channel]) => channel?.length)).toEqual([300, 20, 900]);
  });
});

describe("a damaged FLAC file is refused", () => {
  // The library writes what it meets to the console as well.
  beforeEach(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const bytes = flacBytes({ channels: [noise(1000, 16)] });

  test("wherever its frames are cut, and the next one is decoded as if nothing was", async () => {
    for (let length = 43; length < bytes.length; length += 97) {
      await expect(decoded(bytes.slice(0, length))).rejects.toThrow(/^x\.flac: frames: expected /);
    }
    await expect(decoded(bytes.slice(0, -1))).rejects.toThrow(FormatError);
    expect((await decoded(bytes))[0]).toHaveLength(1000);
  });

  test("for another byte anywhere in its frames", async () => {
    for (let at = 42; at < bytes.length; at += 61) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      await expect(decoded(damaged)).rejects.toThrow(/^x\.flac: frames: expected /);
    }
  });

  test("for a missing frame, even where the number of samples was made to fit", async () => {
    const short = flacBytes({ channels: [noise(512, 16)] });
    short[24] = 1; // 512 = 0x0200 samples become 0x0100
    await expect(decoded(short)).rejects.toThrow(
      "x.flac: frames: expected 256 samples, as STREAMINFO says, found 512: another file's frames follow",
    );
    const other = flacBytes({ channels: [noise(512, 16)] });
    other[26] = (other[26] ?? 0) ^ 1;
    await expect(decoded(other)).rejects.toThrow(
      /expected samples with the MD5 [0-9a-f]{32}, as STREAMINFO says, found [0-9a-f]{32}: damaged$/,
    );
  });

  test("whose head tells of another rate than its frames", async () => {
    const lying = flacBytes({ channels: [noise(300, 16)], lie: { rate: 16000 } });
    await expect(decoded(lying)).rejects.toThrow(
      "x.flac: frames: expected 1 channels of 16 bits at 16000 Hz, found 1 channels of 16 bits at 8000 Hz",
    );
  });

  test("of bits that the decoder turns into infinities", async () => {
    await expect(decoded(flacBytes({ bits: 12, channels: [noise(100, 12)] }))).rejects.toThrow(
      "x.flac: STREAMINFO (bits): expected 8, 16 or 24, found 12",
    );
  });
});

test("without the package the error says what to install", async () => {
  const bytes = flacBytes({ channels: [[1, 2]] });
  const none = nodeFlacDecoder(async () => {
    throw new Error("not found");
  });
  const attempt = none(bytes, readFlacInfo(bytes), "x.flac");
  await expect(attempt).rejects.toThrow(UsageError);
  await expect(attempt).rejects.toThrow(
    'FLAC files need the npm package "@wasm-audio-decoders/flac", which cannot be loaded. Install it: npm i @wasm-audio-decoders/flac',
  );
});

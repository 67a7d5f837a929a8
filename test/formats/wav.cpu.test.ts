import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readWav, readWavInfo } from "../../src/formats/wav.ts";
import { type WavSpec, wavBytes } from "../data/wav_bytes.ts";

const HALF = [0.5, -1, 0, 0.25];

describe("a WAV file", () => {
  test.each<[string, WavSpec, readonly number[]]>([
    ["u8", { bits: 8, values: [192, 0, 128, 160] }, HALF],
    ["s16", { bits: 16, values: [16384, -32768, 0, 8192] }, HALF],
    ["s16", { bits: 16, values: [32767, -1] }, [32767 / 32768, -1 / 32768]],
    ["s24", { bits: 24, values: [2 ** 22, -(2 ** 23), 0, 2 ** 21] }, HALF],
    ["s24", { bits: 24, values: [-1, 0x123456, -0x123456] }, [-(2 ** -23), 0x123456 / 2 ** 23, -0x123456 / 2 ** 23]],
    ["s32", { bits: 32, values: [2 ** 30, -(2 ** 31), 0, 2 ** 29] }, HALF],
    ["f32", { tag: 3, bits: 32, values: [0.5, -1.5, 0, 0.25] }, [0.5, -1.5, 0, 0.25]],
    ["f64", { tag: 3, bits: 64, values: HALF }, HALF],
  ])("of %s gives its samples, full scale being 1, with a plain header and an extensible one", async (format, spec, expected) => {
    for (const extensible of [false, true]) {
      const wav = await readWav(wavBytes({ ...spec, extensible }));
      expect(wav).toMatchObject({ rate: 8000, channels: 1, format, samples: expected.length });
      expect(wav.data).toEqual([Float32Array.from(expected)]);
    }
  });

  test("of several channels gives one array each", async () => {
    const { channels, data } = await readWav(wavBytes({ channels: 3, values: [1, 2, 3, 4, 5, 6].map((v) => v * 4096) }));
    expect(channels).toBe(3);
    expect(data).toEqual(
      [
        [1, 4],
        [2, 5],
        [3, 6],
      ].map((row) => Float32Array.from(row, (v) => v / 8)),
    );
  });

  const note = ["LIST", Uint8Array.of(1, 2, 3)] as const;
  test.each<[string, NonNullable<WavSpec["order"]>]>([
    ["a note of odd length first", [note, "fmt", "data"]],
    ["the format after the samples", ["data", "fmt"]],
    ["notes everywhere, one beyond the first 4 KiB", [["junk", new Uint8Array(5001)], "fmt", note, "data", note]],
  ])("may have its chunks in another order: %s", async (_, order) => {
    const values = [1000, -2000, 3000];
    const { data } = await readWav(wavBytes({ values, order }));
    expect(data).toEqual([Float32Array.from(values, (v) => v / 32768)]);
  });

  test("may lack the last padding byte, or count it or not in its size", async () => {
    const padded = wavBytes({ bits: 8, values: [1, 2, 3] });
    const short = wavBytes({ bits: 8, values: [1, 2, 3], unpadded: true });
    const counted = padded.slice(0, -1); // the size counts the byte that is not there
    const uncounted = padded.slice();
    uncounted[4] = (uncounted[4] ?? 0) - 1;
    for (const bytes of [padded, short, counted, uncounted]) expect((await readWav(bytes)).samples).toBe(3);
  });

  test("is not read beyond its head to know its length", async () => {
    const bytes = wavBytes({ values: Array.from({ length: 10_000 }, (_, i) => i) });
    const reads: [number, number][] = [];
    const read = async (offset: number, length: number) => {
      reads.push([offset, length]);
      return bytes.subarray(offset, offset + length);
    };
    expect(await readWavInfo({ name: "long", size: bytes.length, read })).toMatchObject({ samples: 10_000, dataAt: 44 });
    expect(reads).toEqual([[0, 4096]]);
  });
});

describe("a WAV file that is wrong", () => {
  const good = { rate: 8000, values: [1, 2, 3, 4] };
  const changed = (at: number, ...bytes: number[]): Uint8Array => {
    const file = wavBytes(good);
    file.set(bytes, at);
    return file;
  };
  test.each<[string, Uint8Array, string]>([
    ["another file", changed(0, 0x49, 0x44, 0x33, 4), 'x.wav: byte 0: expected RIFF (a WAV file), found "ID3\\u0004"'],
    ["a large file's", changed(0, 0x52, 0x46, 0x36, 0x34), "x.wav: byte 0: expected RIFF (a WAV file), found RF64, which is not read"],
    ["a film", changed(8, 0x41, 0x56, 0x49, 0x20), 'x.wav: byte 8: expected WAVE, found "AVI "'],
    ["cut short", wavBytes(good).slice(0, 50), "x.wav: byte 4 (size of RIFF): expected 42, as the file has 50 bytes, found 44: cut short"],
    [
      "followed by more",
      Uint8Array.from([...wavBytes(good), 1, 2]),
      "byte 4 (size of RIFF): expected 46, as the file has 54 bytes, found 44: more follows",
    ],
    ["tiny", new Uint8Array(11), "x.wav: file size: expected at least 12 bytes (RIFF header), found 11"],
    ["a chunk too long", changed(40, 9), "x.wav: byte 40 (size of data): expected at most 8, to the end of the file, found 9: cut short"],
    ["a chunk too short", changed(40, 4), "x.wav: byte 48: expected the head of a chunk (8 bytes), found 4 bytes: cut short"],
    [
      "MP3 inside",
      changed(20, 0x55),
      "x.wav: byte 20 (format): expected PCM of 8, 16, 24 or 32 bits, or floating point of 32 or 64, found MP3 of 16 bits",
    ],
    ["12 bits", changed(34, 12), /found PCM of 12 bits/.source],
    ["no channel", changed(22, 0), "x.wav: byte 22 (channels): expected at least 1, found 0"],
    ["no rate", changed(24, 0, 0), "x.wav: byte 24 (samples per second): expected at least 1, found 0"],
    ["other bytes per frame", changed(32, 4), "x.wav: byte 32 (bytes per frame): expected 2 (1 x 16 bits), found 4"],
    ["other bytes per second", changed(28, 0), "x.wav: byte 28 (bytes per second): expected 16000 (8000 x 2), found 15872"],
    ["half a frame", wavBytes({ channels: 2, values: [1, 2, 3] }), "x.wav: byte 40 (size of data): expected a multiple of 4, found 6"],
    ["no samples", wavBytes({ ...good, order: ["fmt"] }), "x.wav: file: expected chunks fmt and data, found no data"],
    ["no format", wavBytes({ ...good, order: ["data"] }), "x.wav: file: expected chunks fmt and data, found no fmt"],
    ["two formats", wavBytes({ ...good, order: ["fmt", "data", "fmt"] }), "x.wav: byte 52: expected one chunk fmt, found a second one"],
    ["samples twice", wavBytes({ ...good, order: ["fmt", "data", "data"] }), "x.wav: byte 52: expected one chunk data, found a second one"],
    [
      "a short format",
      wavBytes({ ...good, order: [["fmt ", new Uint8Array(14)], "data"] }),
      "byte 16 (size of fmt): expected 16 or more, found 14",
    ],
  ])("is refused: %s", async (_, bytes, message) => {
    await expect(readWav(bytes, "x.wav")).rejects.toThrow(FormatError);
    await expect(readWav(bytes, "x.wav")).rejects.toThrow(message);
  });

  test("is refused for a subformat that nobody knows, and a sample that is no number", async () => {
    const other = wavBytes({ values: [1], extensible: true });
    other[59] = 0;
    await expect(readWav(other, "x.wav")).rejects.toThrow("x.wav: byte 44 (subformat): expected PCM or floating point, found another GUID");
    const nan = wavBytes({ tag: 3, bits: 32, channels: 2, values: [0, 0, 0, Number.NaN] });
    await expect(readWav(nan, "x.wav")).rejects.toThrow("x.wav: sample 1 of channel 1: expected a finite number, found NaN");
  });

  test("is refused wherever it is cut, and whichever byte of its head is another", async () => {
    const file = wavBytes({ values: [1, -2, 3, -4, 5] });
    for (let length = 0; length < file.length; length++) await expect(readWav(file.slice(0, length))).rejects.toThrow(FormatError);
    await fc.assert(
      fc.asyncProperty(fc.nat(43), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = file.slice();
        bytes[at] = (bytes[at] ?? 0) ^ change;
        await expect(readWav(bytes)).rejects.toThrow(FormatError);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

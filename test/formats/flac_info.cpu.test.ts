import { describe, expect, test } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { FLAC_HEAD_BYTES, readFlacInfo } from "../../src/formats/flac_info.ts";
import { flacBytes } from "../data/flac_bytes.ts";

/** 4 samples of 16 bits, 1, 2, 3 and -1: their MD5 by md5sum. */
const FOUR = [1, 2, 3, -1];
const FOUR_MD5 = "cd8fa9b03c0b720c6f108d51baf08f40";

describe("a FLAC file's own word", () => {
  test("is read from its first 42 bytes", () => {
    const bytes = flacBytes({ rate: 44100, channels: [FOUR], block: 16 });
    const info = { rate: 44100, channels: 1, bits: 16, samples: 4, md5: FOUR_MD5 };
    expect(readFlacInfo(bytes)).toEqual(info);
    expect(readFlacInfo(bytes.subarray(0, FLAC_HEAD_BYTES))).toEqual(info);
  });

  test("of eight channels of 24 bits, more samples than 32 bits count, at the highest rate", () => {
    const bytes = flacBytes({ channels: Array.from({ length: 8 }, () => [1]), bits: 24, lie: { rate: 655350, samples: 0xfffffffe } });
    bytes[21] = (bytes[21] ?? 0) | 15;
    expect(readFlacInfo(bytes)).toMatchObject({ rate: 655350, channels: 8, bits: 24, samples: 15 * 2 ** 32 + 0xfffffffe });
  });

  test("may lack the checksum", () => {
    expect(readFlacInfo(flacBytes({ channels: [FOUR], unsigned: true })).md5).toBeUndefined();
  });

  const changed = (at: number, ...values: number[]): Uint8Array => {
    const bytes = flacBytes({ channels: [FOUR] });
    bytes.set(values, at);
    return bytes;
  };
  test.each<[string, Uint8Array, string]>([
    ["Ogg", changed(0, 0x4f, 0x67, 0x67, 0x53), 'x.flac: byte 0: expected fLaC (a FLAC file), found "OggS"'],
    ["nothing", new Uint8Array(), 'x.flac: byte 0: expected fLaC (a FLAC file), found ""'],
    ["cut", changed(0).slice(0, 41), "x.flac: STREAMINFO: expected 42 bytes with what is before it, found 41: cut short"],
    ["another block first", changed(4, 4), "x.flac: byte 4: expected STREAMINFO (block 0 of 34 bytes) first, found block 4 of 34"],
    ["no rate", changed(18, 0, 0, 0), "x.flac: byte 18 (samples per second): expected at least 1, found 0"],
    ["tiny blocks", changed(8, 0, 15), "x.flac: byte 8 (block sizes): expected 16 or more, the smallest first, found 15 and 256"],
    ["blocks in the wrong order", changed(8, 2, 0), "found 512 and 256"],
    [
      "an unknown length",
      flacBytes({ channels: [FOUR], lie: { samples: 0 } }),
      "x.flac: byte 21 (samples): expected how many there are, found 0, not known",
    ],
  ])("is refused: %s", (_, bytes, message) => {
    expect(() => readFlacInfo(bytes, "x.flac")).toThrow(FormatError);
    expect(() => readFlacInfo(bytes, "x.flac")).toThrow(message);
  });
});

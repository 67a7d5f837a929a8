import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { readIdx, readIdxFile } from "../../src/formats/idx.ts";

/** An IDX file: header from `magic` and `shape`, then `data`. */
function idx(magic: readonly number[], shape: readonly number[], data: ArrayLike<number> = []): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length);
  file.set(magic);
  shape.forEach((size, i) => {
    new DataView(file.buffer).setUint32(4 + 4 * i, size);
  });
  file.set(data, 4 + 4 * shape.length);
  return file;
}

describe("readIdx", () => {
  it("reads bytes as a view, at any offset", () => {
    const padded = new Uint8Array(3 + 18).subarray(3);
    padded.set(idx([0, 0, 8, 2], [2, 3], [1, 2, 3, 4, 5, 255]));
    const array = readIdx(padded);
    expect(array).toEqual({ dtype: "u8", shape: [2, 3], data: Uint8Array.of(1, 2, 3, 4, 5, 255) });
    expect(array.data.buffer).toBe(padded.buffer);
  });

  it("reads every wider type, big-endian", () => {
    expect(readIdx(idx([0, 0, 0x09, 1], [2], [255, 1])).data).toEqual(Int8Array.of(-1, 1));
    expect(readIdx(idx([0, 0, 0x0b, 1], [2], [0xff, 0xfe, 1, 0])).data).toEqual(Int16Array.of(-2, 256));
    expect(readIdx(idx([0, 0, 0x0c, 1], [1], [0x80, 0, 0, 1])).data).toEqual(Int32Array.of(-2147483647));
    expect(readIdx(idx([0, 0, 0x0d, 1], [1], [0x40, 0x49, 0x0f, 0xdb])).data).toEqual(Float32Array.of(Math.PI));
    expect(readIdx(idx([0, 0, 0x0e, 1], [1], [0x40, 9, 0x21, 0xfb, 0x54, 0x44, 0x2d, 0x18])).data).toEqual(Float64Array.of(Math.PI));
  });

  it("reads an array with no elements", () => {
    expect(readIdx(idx([0, 0, 8, 2], [0, 5]))).toEqual({ dtype: "u8", shape: [0, 5], data: new Uint8Array(0) });
  });

  const good = idx([0, 0, 8, 3], [2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
  const cases: readonly [string, Uint8Array, string][] = [
    ["no bytes", new Uint8Array(0), "f: file size: expected at least 4 bytes, found 0"],
    ["a wrong magic number", idx([1, 0, 8, 1], [0]), "f: byte 0 (magic number): expected 00 00 (IDX), found 01 00 08 01"],
    ["an HTML page", new TextEncoder().encode("<!doctype html>"), "found 3c 21 64 6f (an HTML page?)"],
    ["gzip", gzipSync(good), "(gzip: unpack it first)"],
    ["an unknown type", idx([0, 0, 0x0a, 1], [0]), "f: byte 2 (type code): expected 08, 09, 0b, 0c, 0d, 0e, found 0a"],
    ["no dimension", idx([0, 0, 8, 0], [], [1]), "f: byte 3 (dimensions): expected at least 1, found 0"],
    ["cut dimensions", good.subarray(0, 15), "f: file size: expected at least 16 bytes for 3 dimensions, found 15: truncated"],
    ["cut data", good.subarray(0, 23), "f: file size: expected 24 bytes for u8 [2, 2, 2], found 23: truncated"],
    ["a rest", idx([0, 0, 8, 1], [2], [1, 2, 3]), "f: file size: expected 10 bytes for u8 [2], found 11: oversized"],
    ["a size over 2^53", idx([0, 0, 8, 2], [0xffffffff, 0xffffffff]), "expected over 2^53 bytes for u8 [4294967295, 4294967295]"],
    ["a product that wraps to 0", idx([0, 0, 8, 4], [65536, 65536, 65536, 65536]), "expected over 2^53 bytes"],
  ];
  it.each(cases)("rejects %s", (_, bytes, message) => {
    expect(() => readIdx(bytes, "f")).toThrow(FormatError);
    expect(() => readIdx(bytes, "f")).toThrow(message);
  });

  it("rejects every truncation, and every flipped header bit but those that leave the meaning", () => {
    for (let n = 0; n < good.length; n++) expect(() => readIdx(good.subarray(0, n))).toThrow(FormatError);
    for (let bit = 0; bit < 16 * 8; bit++) {
      const damaged = good.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      // u8 and i8 differ in one bit of the type code and nothing in the format can tell; whoever wanted u8 checks the dtype.
      if (bit === 2 * 8) expect(readIdx(damaged).dtype).toBe("i8");
      else expect(() => readIdx(damaged), `bit ${bit}`).toThrow(FormatError);
    }
  });

  it("answers arbitrary bytes with an array of their size or a FormatError", () => {
    fc.assert(
      fc.property(fc.constantFrom(8, 9, 11, 12, 13, 14, 15), fc.nat({ max: 3 }), fc.uint8Array({ maxLength: 40 }), (type, rank, rest) => {
        const bytes = Uint8Array.of(0, 0, type, rank, ...rest);
        try {
          const { data, shape } = readIdx(bytes);
          expect(data.byteLength + 4 + 4 * shape.length).toBe(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
    );
  });
});

describe("readIdxFile", () => {
  const plain = idx([0, 0, 8, 1], [5000], new Uint8Array(5000).fill(7));
  const packed = new Uint8Array(gzipSync(plain));

  it("reads plain and gzip-compressed files alike", async () => {
    expect(await readIdxFile(packed)).toEqual(readIdx(plain));
    expect(await readIdxFile(plain)).toEqual(readIdx(plain));
  });

  it("rejects gzip data that is truncated or damaged", async () => {
    for (const n of [3, 12, packed.length >> 1, packed.length - 9, packed.length - 1]) {
      await expect(readIdxFile(packed.subarray(0, n), "f.gz"), `${n} bytes`).rejects.toThrow(
        "f.gz: gzip data: expected a complete gzip member, found truncated or damaged data",
      );
    }
    const damaged = packed.slice();
    damaged[packed.length - 6]! ^= 1; // in the CRC-32 of the content
    await expect(readIdxFile(damaged)).rejects.toThrow(FormatError);
  });
});

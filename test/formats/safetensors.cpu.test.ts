import { crc32 as zlibCrc } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError, UsageError } from "../../src/errors.ts";
import {
  readSafetensors,
  type SafeDtype,
  type SafeTensor,
  safetensorsChunks,
  takeTensor,
  writeSafetensors,
} from "../../src/formats/safetensors.ts";
import { ARRAY_OF, CHECKSUM_AT, dtypeBytes } from "../../src/formats/safetensors_types.ts";

const bytesOf = ({ data }: SafeTensor) => [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];

const dtypes = Object.keys(ARRAY_OF) as SafeDtype[];
const key = fc
  .string({ unit: "grapheme", maxLength: 12 })
  .filter((s) => !["__metadata__", "__proto__", "constructor", "prototype", "nearfar.crc32"].includes(s));
const tensor: fc.Arbitrary<SafeTensor> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat({ max: 4 }), { maxLength: 3 }), fc.infiniteStream(fc.nat({ max: 255 })))
  .map(([dtype, shape, random]) => {
    const data = new ARRAY_OF[dtype](shape.reduce((a, b) => a * b, 1));
    const bytes = new Uint8Array(data.buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = random.next().value;
    return { dtype, shape, data } as SafeTensor;
  });
const tensors = fc.array(fc.tuple(key, tensor), { maxLength: 5 }).map((entries) => new Map(entries));
const metadata = fc.array(fc.tuple(key, fc.string({ unit: "grapheme" })), { maxLength: 3 }).map((entries) => new Map(entries));

/** A file of ours with every alignment class, a scalar and an empty tensor. */
function sample() {
  const map = new Map<string, SafeTensor>([
    ["bytes", { dtype: "U8", shape: [3], data: Uint8Array.of(1, 2, 3) }],
    ["encoder.0.weight", { dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2, 3.5, 0, Number.NaN, 6) }],
    ["step", { dtype: "I64", shape: [], data: BigInt64Array.of(-7n) }],
    ["empty", { dtype: "F16", shape: [0, 4], data: new Uint16Array(0) }],
  ]);
  return { map, file: writeSafetensors(map, { config: '{"epochs":3}' }) };
}

describe("safetensors round trip", () => {
  it("gives back every tensor and every metadata entry, bit for bit", () => {
    fc.assert(
      fc.property(tensors, metadata, fc.nat({ max: 7 }), (map, meta, shift) => {
        const file = writeSafetensors(map, meta);
        // At any alignment in a larger buffer, as a Node Buffer from the pool is.
        const moved = new Uint8Array(file.length + shift).subarray(shift);
        moved.set(file);
        const read = readSafetensors(moved, { checksum: "required" });
        expect(read.verified).toBe(true);
        expect(new Map([...read.metadata])).toEqual(meta);
        expect(new Set(read.tensors.keys())).toEqual(new Set(map.keys()));
        for (const [name, wrote] of map) {
          const got = read.tensors.get(name)!;
          expect([got.dtype, got.shape, got.data.constructor, bytesOf(got)]).toEqual([
            wrote.dtype,
            wrote.shape,
            wrote.data.constructor,
            bytesOf(wrote),
          ]);
        }
      }),
      { numRuns: 200 },
    );
  });

  it("writes the same bytes for the same input, aligned to the element size", () => {
    const { map, file } = sample();
    expect(writeSafetensors(map, new Map([["config", '{"epochs":3}']]))).toEqual(file);
    const chunks = safetensorsChunks(map, { config: '{"epochs":3}' });
    expect(Buffer.concat(chunks).equals(file)).toBe(true);
    expect(chunks[0]!.length % 8).toBe(0);
    for (const { dtype, data } of readSafetensors(file).tensors.values()) {
      expect(data.byteOffset % dtypeBytes(dtype)).toBe(0);
      if (data.length > 0) expect(data.buffer).toBe(file.buffer);
    }
  });

  it("stores the CRC-32 of the whole file with its own digits as zeros", () => {
    const { file } = sample();
    const stored = new TextDecoder().decode(file.subarray(CHECKSUM_AT, CHECKSUM_AT + 8));
    file.fill(0x30, CHECKSUM_AT, CHECKSUM_AT + 8);
    expect(zlibCrc(file)).toBe(Number.parseInt(stored, 16));
  });

  it("hands out a tensor only with the expected dtype and shape", () => {
    const file = readSafetensors(sample().file, { name: "a.safetensors" });
    expect(takeTensor(file, "bytes", "U8", [3])).toEqual(Uint8Array.of(1, 2, 3));
    expect(() => takeTensor(file, "bytes", "U8", [4])).toThrow('a.safetensors: tensor "bytes": expected U8 [4], found U8 [3]');
    expect(() => takeTensor(file, "bytes", "F32", [3])).toThrow("expected F32 [3], found U8 [3]");
    expect(() => takeTensor(file, "bank", "F32", [3])).toThrow('tensor "bank": expected F32 [3], found no tensor of that name');
  });

  it("reads a file of the reference implementation", () => {
    // Bytes written by Python: safetensors.numpy.save({"b": float32 [1, 2], "a": uint8 [[7], [8]]}, {"k": "v"}), version 0.8.
    const base64 =
      "iAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidiJ9LCJiIjp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sImEiOnsiZHR5cGUiOiJVOCIsInNoYXBlIjpbMiwxXSwiZGF0YV9vZmZzZXRzIjpbOCwxMF19fSAgAACAPwAAAEAHCA==";
    const read = readSafetensors(Buffer.from(base64, "base64"));
    expect([read.verified, [...read.metadata]]).toEqual([false, [["k", "v"]]]);
    expect(takeTensor(read, "b", "F32", [2])).toEqual(Float32Array.of(1, 2));
    expect(takeTensor(read, "a", "U8", [2, 1])).toEqual(Uint8Array.of(7, 8));
  });
});

describe("safetensors damage", () => {
  const { file } = sample();

  it("rejects every truncation and every extension", () => {
    for (let n = 0; n < file.length; n++) expect(() => readSafetensors(file.subarray(0, n))).toThrow(FormatError);
    const longer = new Uint8Array(file.length + 1);
    longer.set(file);
    expect(() => readSafetensors(longer)).toThrow(FormatError);
  });

  it("rejects every flipped bit", () => {
    for (let i = 0; i < file.length * 8; i++) {
      const damaged = file.slice();
      damaged[i >> 3]! ^= 1 << (i & 7);
      expect(() => readSafetensors(damaged, { checksum: "required" }), `bit ${i}`).toThrow(FormatError);
    }
  });

  it("without a required checksum, accepts damage only where no tensor is touched", () => {
    const intact = [...readSafetensors(file).tensors].map(([name, t]) => [name, t.dtype, t.shape, bytesOf(t)]);
    let accepted = 0;
    for (let i = 0; i < file.length * 8; i++) {
      const damaged = file.slice();
      damaged[i >> 3]! ^= 1 << (i & 7);
      try {
        const read = readSafetensors(damaged);
        expect([...read.tensors].map(([name, t]) => [name, t.dtype, t.shape, bytesOf(t)])).toEqual(intact);
        accepted++;
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
    // Those in the checksum's own key: at most its 13 letters.
    expect(accepted).toBeLessThanOrEqual(13 * 8);
  });

  it("rejects random overwrites anywhere", () => {
    const patch = fc.record({ at: fc.nat({ max: file.length - 1 }), bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }) });
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 4 }), (patches) => {
        const damaged = file.slice();
        for (const { at, bytes } of patches) damaged.set(bytes.subarray(0, file.length - at), at);
        fc.pre(damaged.some((byte, i) => byte !== file[i]));
        expect(() => readSafetensors(damaged, { checksum: "required" })).toThrow(FormatError);
      }),
      { numRuns: 500 },
    );
  });

  it("answers arbitrary headers with a FormatError or, for an empty object, with nothing", () => {
    const header = fc.string({ unit: fc.constantFrom(...'{}[]":,0129 \\uabdtype_shaef') });
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 16 }), (text, data) => {
        try {
          expect(`{${text}`.replaceAll(" ", "")).toBe(readSafetensors(raw(`{${text}`, data)).tensors.size === 0 ? "{}" : "a tensor");
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** A file with this header, unpadded, and this data. */
function raw(header: string | Uint8Array, data: ArrayLike<number> = [], length?: bigint): Uint8Array {
  const json = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const file = new Uint8Array(8 + json.length + data.length);
  new DataView(file.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  file.set(json, 8);
  file.set(data, 8 + json.length);
  return file;
}

const t = (shape: string, begin: number, end: number, dtype = "U8") =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${begin},${end}]}`;

describe("safetensors hostile headers", () => {
  it("accepts the plain ones that the rest of these tests twist", () => {
    expect(readSafetensors(raw("{}")).tensors.size).toBe(0);
    expect(readSafetensors(raw(`{"a":${t("[2]", 0, 2)}}  `, [1, 2])).tensors.get("a")!.data).toEqual(Uint8Array.of(1, 2));
    expect(readSafetensors(raw(`{"\\u0061":${t("[0]", 1, 1)},"b":${t("[1]", 0, 1)}}`, [1])).tensors.has("a")).toBe(true);
  });

  const cases: readonly [string, Uint8Array, string][] = [
    ["an empty file", new Uint8Array(0), "h.st: file size: expected at least 10 bytes, found 0"],
    ["a length beyond the file", raw("{}", [], 3n), "h.st: byte 0 (header length): expected 2 to 2, found 3"],
    ["a length of 2^64 - 1", raw("{}", [], 2n ** 64n - 1n), "found 18446744073709551615"],
    ["a length of 0", raw("{}", [], 0n), "byte 0 (header length): expected 2 to 2, found 0"],
    ["a length above 100 MB", raw(new Uint8Array(100_000_001).fill(0x7b)), "expected 2 to 100000000, found 100000001"],
    ["no brace", raw(" {}"), 'byte 8 (header): expected "{", found byte 0x20'],
    ["a byte order mark", raw("\ufeff{}"), 'byte 8 (header): expected "{", found byte 0xef'],
    ["bytes that are not UTF-8", raw(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), "expected UTF-8"],
    ["a cut header", raw('{"a"'), 'byte 12 (header): expected ":", found the end of the header'],
    ["text after the object", raw("{} x"), 'byte 11 (header): expected only spaces after the header object, found "x"'],
    ["a missing comma", raw(`{"a":${t("[0]", 0, 0)} "b":${t("[0]", 0, 0)}}`), 'expected "," or "}"'],
    ["a trailing comma", raw('{"a":1,}'), "expected a JSON string"],
    ["a control character in a key", raw('{"a\n":1}'), "expected a closed JSON string"],
    ["a bad escape", raw('{"\\x":1}'), "expected a closed JSON string"],
    ["a lone surrogate", raw('{"\\ud800":1}'), "expected well-formed Unicode"],
    ["a byte offset after non-ASCII text", raw('{"é":tru}'), "byte 14 (header): expected a string, an unsigned integer"],
    ["a duplicate tensor", raw(`{"a":${t("[0]", 0, 0)},"a":${t("[0]", 0, 0)}}`), 'expected every key once, found a second "a"'],
    ["a duplicate behind an escape", raw(`{"a":${t("[0]", 0, 0)},"\\u0061":${t("[0]", 0, 0)}}`), 'found a second "a"'],
    ["a duplicate field", raw('{"a":{"dtype":"U8","dtype":"F32","shape":[0],"data_offsets":[0,0]}}'), 'found a second "dtype"'],
    ["__proto__", raw(`{"__proto__":${t("[0]", 0, 0)}}`), 'expected a harmless key, found "__proto__"'],
    ["__proto__ behind an escape", raw(`{"__pro\\u0074o__":${t("[0]", 0, 0)}}`), 'found "__proto__"'],
    ["constructor in the metadata", raw('{"__metadata__":{"constructor":"x"}}'), 'found "constructor"'],
    ["deep nesting", raw(`{"a":${"[".repeat(100_000)}`), "expected at most 3 levels of nesting"],
    ["metadata that is no object", raw('{"__metadata__":"x"}'), "__metadata__: expected an object, found string"],
    ["metadata that is no text", raw('{"__metadata__":{"a":1}}'), '__metadata__ "a": expected a string, found number'],
    ["a tensor that is no object", raw('{"a":[1]}'), 'tensor "a": expected an object, found an array'],
    ["an unknown field", raw('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}'), 'found "x"'],
    ["no dtype", raw('{"a":{"shape":[0],"data_offsets":[0,0]}}'), 'tensor "a" dtype: expected one of F64 F32'],
    ["an unknown dtype", raw(`{"a":${t("[0]", 0, 0, "F8_E5M2")}}`), 'found "F8_E5M2"'],
    ["a dtype that objects inherit", raw(`{"a":${t("[0]", 0, 0, "toString")}}`), 'found "toString"'],
    ["no shape", raw('{"a":{"dtype":"U8","data_offsets":[0,0]}}'), 'tensor "a" shape: expected an array of integers, found nothing'],
    ["a negative size", raw(`{"a":${t("[-1]", 0, 0)}}`), "expected a string, an unsigned integer"],
    ["a fraction", raw(`{"a":${t("[1.5]", 0, 0)}}`), "expected a string, an unsigned integer"],
    ["an exponent", raw(`{"a":${t("[1e3]", 0, 0)}}`), "expected a string, an unsigned integer"],
    ["a leading zero", raw(`{"a":${t("[01]", 0, 0)}}`), "expected"],
    ["a size above 2^53", raw(`{"a":${t("[9007199254740993]", 0, 0)}}`), "expected an integer below 2^53"],
    ["a text in the shape", raw(`{"a":${t('["1"]', 0, 1)}}`, [1]), "found an entry that is not one"],
    ["a product that wraps to 0", raw(`{"a":${t("[4294967296,4294967296]", 0, 0)}}`), "expected fewer than 2^53 bytes"],
    ["a product that overflows before a 0", raw(`{"a":${t("[4294967296,4294967296,0]", 0, 0)}}`), "expected fewer than 2^53 bytes"],
    ["bytes that overflow", raw(`{"a":${t("[2251799813685248]", 0, 0, "F64")}}`), "expected fewer than 2^53 bytes"],
    ["one offset", raw('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0]}}'), "data_offsets: expected 2 integers, found 1"],
    ["three offsets", raw('{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}'), "found [0,0,0]"],
    ["offsets backwards", raw(`{"a":${t("[1]", 1, 0)}}`, [1]), "expected [begin, end] with begin <= end, found [1,0]"],
    ["too few bytes for the shape", raw(`{"a":${t("[2]", 0, 4, "F32")}}`, [1, 2, 3, 4]), "expected 8 bytes for F32 [2], found 4 bytes"],
    [
      "data beyond the file",
      raw(`{"a":${t("[3]", 0, 3)}}`, [1, 2]),
      "expected data within the 2 bytes after the header, found an end at 3",
    ],
    ["an overlap", raw(`{"a":${t("[2]", 0, 2)},"b":${t("[2]", 1, 3)}}`, [1, 2, 3]), "found 1: an overlap"],
    ["the same bytes twice", raw(`{"a":${t("[2]", 0, 2)},"b":${t("[2]", 0, 2)}}`, [1, 2]), "found 0: an overlap"],
    ["a hole at the start", raw(`{"a":${t("[1]", 1, 2)}}`, [1, 2]), "found 1: a hole"],
    ["a hole in the middle", raw(`{"a":${t("[1]", 0, 1)},"b":${t("[1]", 2, 3)}}`, [1, 2, 3]), "found 2: a hole"],
    ["a rest", raw(`{"a":${t("[1]", 0, 1)}}`, [1, 2]), "expected 1 bytes, found 2: bytes that belong to no tensor"],
    ["an empty tensor inside another", raw(`{"a":${t("[2]", 0, 2)},"b":${t("[0]", 1, 1)}}`, [1, 2]), "found 1: an overlap"],
    ["an empty tensor beyond the file", raw(`{"a":${t("[1]", 0, 1)},"b":${t("[0]", 9, 9)}}`, [1]), "found 9: a hole"],
    ["a wrong checksum", raw('{"__metadata__":{"nearfar.crc32":"00000000"}}'), "the file is damaged"],
    ["a checksum that is not eight digits", raw('{"__metadata__":{"nearfar.crc32":"0"}}'), "expected eight digits"],
    ["a checksum in another place", raw('{"__metadata__":{"a":"b","nearfar.crc32":"00000000"}}'), "another program rewrote the file"],
  ];
  it.each(cases)("rejects %s", (_, bytes, message) => {
    const read = () => readSafetensors(bytes, { name: "h.st" });
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^h\.st: /);
  });

  it("rejects a file without a checksum where one is required", () => {
    expect(() => readSafetensors(raw("{}"), { checksum: "required" })).toThrow(
      "__metadata__ nearfar.crc32: expected a checksum, found none",
    );
  });

  it("reads a long text without running out of stack", () => {
    const text = 'x\\"y'.repeat(500_000);
    expect(readSafetensors(writeSafetensors(new Map(), { text })).metadata.get("text")).toBe(text);
  });
});

describe("writeSafetensors", () => {
  const one = { dtype: "U8", shape: [1], data: Uint8Array.of(1) } as const;
  const bad: readonly [string, () => unknown, string][] = [
    ["a reserved name", () => writeSafetensors(new Map([["__metadata__", one]])), "reserved name"],
    ["a prototype name", () => writeSafetensors(new Map([["__proto__", one]])), "reserved name"],
    ["a lone surrogate", () => writeSafetensors(new Map([["\ud800", one]])), "malformed Unicode"],
    ["a shape that does not fit", () => writeSafetensors(new Map([["a", { ...one, shape: [2] }]])), "shape [2] does not hold 1 elements"],
    ["a negative shape", () => writeSafetensors(new Map([["a", { ...one, shape: [-1, -1] }]])), "does not hold 1 elements"],
    ["data of another type", () => writeSafetensors(new Map([["a", { ...one, dtype: "F32" } as never]])), "dtype F32 needs a Float32Array"],
    ["our own key", () => writeSafetensors(new Map(), { "nearfar.crc32": "x" }), "is written by nearfar itself"],
    ["metadata that is no text", () => writeSafetensors(new Map(), { a: 1 } as never), "expected a string, found number"],
    ["metadata with a lone surrogate", () => writeSafetensors(new Map(), { a: "\udc00" }), "malformed Unicode"],
  ];
  it.each(bad)("refuses %s", (_, write, message) => {
    expect(write).toThrow(UsageError);
    expect(write).toThrow(message);
  });
});

import { describe, expect, it } from "vitest";
import { FormatError, UsageError } from "../../src/errors.ts";
import { type NpyArray, readNpy, writeNpy } from "../../src/formats/npy.ts";

/** Written by numpy.save of numpy 2.4: float32 [[1.5, -2, 3]], and a 2 x 2 array in Fortran order. */
const NUMPY =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAMA/AAAAwAAAQEA=";
const FORTRAN =
  "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMiksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAAAA";

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
/** NumPy's file with part of its header replaced by text of the same length. */
const edited = (from: string, to: string) =>
  new Uint8Array(Buffer.from(Buffer.from(NUMPY, "base64").toString("latin1").replace(from, to), "latin1"));

describe("npy", () => {
  it("reads what NumPy writes, and writes the same bytes", () => {
    const array = readNpy(bytesOf(NUMPY));
    expect(array).toEqual({ dtype: "<f4", shape: [1, 3], data: Float32Array.of(1.5, -2, 3) });
    expect(writeNpy(array)).toEqual(bytesOf(NUMPY));
  });

  const arrays: NpyArray[] = [
    { dtype: "<f8", shape: [2], data: Float64Array.of(Math.PI, -0) },
    { dtype: "<i4", shape: [], data: Int32Array.of(-5) },
    { dtype: "<u4", shape: [0, 4], data: new Uint32Array(0) },
    { dtype: "<i8", shape: [1, 1, 2], data: BigInt64Array.of(-1n, 2n ** 60n) },
    { dtype: "<u8", shape: [1], data: BigUint64Array.of(2n ** 64n - 1n) },
    { dtype: "<i2", shape: [2], data: Int16Array.of(-2, 300) },
    { dtype: "<u2", shape: [2], data: Uint16Array.of(2, 65535) },
    { dtype: "|i1", shape: [3], data: Int8Array.of(-1, 2, 3) },
    { dtype: "|u1", shape: [3], data: Uint8Array.of(1, 2, 255) },
  ];
  it.each(arrays)("gives back $dtype $shape", (array) => {
    expect(readNpy(Buffer.from(writeNpy(array)))).toEqual(array);
    expect(writeNpy(array).length % 64).toBe(array.data.byteLength % 64);
  });

  const good = bytesOf(NUMPY);
  const bad: readonly [string, Uint8Array, string][] = [
    ["another magic", edited("NUMPY", "NUMPZ"), "f.npy: byte 0: expected the magic bytes of npy"],
    [
      "an unknown version",
      Uint8Array.from(good, (v, i) => (i === 6 ? 4 : v)),
      "f.npy: byte 6 (version): expected 1.0, 2.0 or 3.0, found 4.0",
    ],
    ["a header beyond the file", Uint8Array.from(good, (v, i) => (i === 9 ? 255 : v)), "byte 8 (header length)"],
    ["big-endian data", edited("<f4", ">f4"), 'descr: expected one of <f4 <f8 <i4 <u4 <i8 <u8 <i2 <u2 |i1 |u1, found ">f4"'],
    ["pickled objects", edited("<f4", "|O "), 'found "|O "'],
    ["Fortran order", bytesOf(FORTRAN), "fortran_order: expected False (C order)"],
    ["a broken shape", edited("(1, 3)", "(1 ,3x"), "shape: expected a tuple of sizes"],
    ["a gap in the shape", edited("(1, 3)", "(1,,3)"), "shape: expected a tuple of sizes"],
    ["another size", edited("(1, 3)", "(1, 4)"), "data: expected 16 bytes for <f4 [1, 4], found 12 bytes"],
    ["a rest", Uint8Array.of(...good, 0), "data: expected 12 bytes for <f4 [1, 3], found 13 bytes"],
  ];
  it.each(bad)("rejects %s", (_, bytes, message) => {
    expect(() => readNpy(bytes, "f.npy")).toThrow(FormatError);
    expect(() => readNpy(bytes, "f.npy")).toThrow(message);
  });

  it("rejects every truncation", () => {
    for (let n = 0; n < good.length; n++) expect(() => readNpy(good.subarray(0, n))).toThrow(FormatError);
  });

  it("refuses to write what does not fit", () => {
    expect(() => writeNpy({ dtype: "<f4", shape: [2], data: new Float32Array(3) })).toThrow(UsageError);
    expect(() => writeNpy({ dtype: "<f4", shape: [3], data: new Float64Array(3) } as never)).toThrow("npy: dtype <f4 needs a Float32Array");
  });
});

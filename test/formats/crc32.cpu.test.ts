import { crc32 as zlibCrc } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { crc32, crcHex } from "../../src/formats/crc32.ts";

it("equals zlib's, in one go and in pieces", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), (a, b) => {
      expect(crc32(a)).toBe(zlibCrc(a));
      expect(crc32(b, crc32(a))).toBe(zlibCrc(Buffer.concat([a, b])));
    }),
  );
});

it("has the check value of the catalogue, as eight digits", () => {
  expect(crcHex(crc32(new TextEncoder().encode("123456789")))).toBe("cbf43926");
  expect(crcHex(0x1f)).toBe("0000001f");
});

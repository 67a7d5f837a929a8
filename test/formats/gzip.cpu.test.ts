import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { gunzip, isGzip } from "../../src/formats/gzip.ts";

const zeros = new Uint8Array(1_000_000);

it("passes other data through untouched", async () => {
  const bytes = Uint8Array.of(1, 2, 3);
  expect(isGzip(bytes)).toBe(false);
  expect(await gunzip(bytes)).toBe(bytes);
});

it("unpacks", async () => {
  expect(Buffer.compare(await gunzip(gzipSync(zeros), { limit: zeros.length }), zeros)).toBe(0);
});

it("stops at the limit instead of filling the memory", async () => {
  const unpacked = gunzip(gzipSync(zeros), { name: "bomb.gz", limit: zeros.length - 1 });
  await expect(unpacked).rejects.toThrow(FormatError);
  await expect(unpacked).rejects.toThrow("bomb.gz: gzip data: expected at most 999999 unpacked bytes, found more");
});

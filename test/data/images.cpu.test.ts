import { describe, expect, it } from "vitest";
import { type ImageParts, imageDataset, subset } from "../../src/data/images.ts";
import { FormatError, UsageError } from "../../src/errors.ts";

/** Five images of 2 x 1 x 3; byte j of image i is 10 i + j. */
const parts: ImageParts = {
  name: "five",
  channels: 2,
  height: 1,
  width: 3,
  pixels: Uint8Array.from({ length: 30 }, (_, i) => 10 * Math.floor(i / 6) + (i % 6)),
  labels: [0, 1, 2, 1, 0],
  classes: ["a", "b", "c"],
};
const five = imageDataset(parts);
const unlabelled = imageDataset({ name: "u", channels: 1, height: 1, width: 1, pixels: Uint8Array.of(1, 2) });

describe("imageDataset", () => {
  it("counts the images and keeps the pixels where they are", () => {
    expect([five.length, five.channels, five.height, five.width]).toEqual([5, 2, 1, 3]);
    expect(five.pixels()).toBe(parts.pixels);
    expect(five.labels).toEqual(Uint32Array.of(0, 1, 2, 1, 0));
  });

  it("gathers a batch in the order asked for", async () => {
    const batch = await five.batch(Uint32Array.of(3, 0));
    expect(batch).toEqual({
      indices: Uint32Array.of(3, 0),
      labels: Uint32Array.of(1, 0),
      pixels: Uint8Array.of(30, 31, 32, 33, 34, 35, 0, 1, 2, 3, 4, 5),
    });
    expect(await unlabelled.batch(Uint32Array.of(1))).toEqual({ indices: Uint32Array.of(1), pixels: Uint8Array.of(2) });
  });

  it("refuses an index beyond the data", async () => {
    await expect(five.batch(Uint32Array.of(1, 5))).rejects.toThrow("five: batch: sample 5 at place 1: expected 0 to 4");
    await expect(five.batch(Uint32Array.of(5))).rejects.toThrow(UsageError);
  });

  it("has a fingerprint of shape, pixels and order, but not of labels", () => {
    const of = (change: Partial<ImageParts>) => imageDataset({ ...parts, ...change }).fingerprint;
    expect(five.fingerprint).toMatch(/^images u8 5x2x1x3 crc32 [0-9a-f]{8}$/);
    expect(of({ name: "other", labels: [0, 0, 0, 0, 0] })).toBe(five.fingerprint);
    expect(of({ width: 1, height: 3 })).not.toBe(five.fingerprint);
    expect(of({ pixels: parts.pixels.map((v, i) => (i === 29 ? v ^ 1 : v)) })).not.toBe(five.fingerprint);
    expect(subset(five, { indices: Uint32Array.of(1, 0, 2, 3, 4) }).fingerprint).not.toBe(five.fingerprint);
    expect(subset(five, { indices: Uint32Array.of(0, 1, 2, 3, 4) }).fingerprint).toBe(five.fingerprint);
  });

  const bad: readonly [string, Partial<ImageParts>, typeof FormatError | typeof UsageError, string][] = [
    ["too few labels", { labels: [0, 1] }, FormatError, "five: labels do not match the images: expected 5 labels, found 2"],
    [
      "a label beyond the classes",
      { labels: [0, 1, 2, 3, 0] },
      FormatError,
      "five: label of sample 3: expected an integer from 0 to 2, found 3",
    ],
    ["a negative label", { labels: [0, -1, 0, 0, 0] }, FormatError, "five: label of sample 1"],
    ["a fractional label", { labels: [0, 0.5, 0, 0, 0] }, FormatError, "found 0.5"],
    ["a broken image", { pixels: new Uint8Array(31) }, FormatError, "five: expected images of 2 x 1 x 3 = 6 bytes, found 31 bytes"],
    ["no image", { pixels: new Uint8Array(0), labels: [] }, FormatError, "five: expected at least one image, found none"],
    ["no width", { width: 0 }, UsageError, "five: width 0: expected a positive integer"],
    ["a fractional height", { height: 1.5 }, UsageError, "five: height 1.5: expected a positive integer"],
  ];
  it.each(bad)("refuses %s", (_, change, type, message) => {
    expect(() => imageDataset({ ...parts, ...change })).toThrow(type);
    expect(() => imageDataset({ ...parts, ...change })).toThrow(message);
  });
});

describe("subset", () => {
  it("takes a run without copying", () => {
    const run = subset(five, { offset: 1, limit: 2 });
    expect([run.name, run.length, run.labels, run.classes]).toEqual(["five (2 of 5)", 2, Uint32Array.of(1, 2), ["a", "b", "c"]]);
    expect(run.pixels()).toEqual(Uint8Array.of(10, 11, 12, 13, 14, 15, 20, 21, 22, 23, 24, 25));
    expect(run.pixels().buffer).toBe(parts.pixels.buffer);
    expect([subset(five, { offset: 3 }).length, subset(five, { limit: 5 }).name, subset(five, {}).length]).toEqual([2, "five", 5]);
  });

  it("takes chosen samples, in their order", () => {
    const chosen = subset(five, { indices: Uint32Array.of(4, 2) });
    expect([chosen.labels, chosen.pixels()[0], chosen.pixels()[6]]).toEqual([Uint32Array.of(0, 2), 40, 20]);
  });

  it("works without labels", () => {
    expect(subset(unlabelled, { limit: 1 }).labels).toBeUndefined();
  });

  const bad: readonly [string, Parameters<typeof subset>[1], string][] = [
    ["more than there is", { limit: 6 }, "subset: limit 6: expected an integer from 1 to 5"],
    [
      "more than there is after the offset",
      { offset: 3, limit: 3 },
      "subset: limit 3: expected an integer from 1 to 2 (samples from number 3 on)",
    ],
    ["nothing", { limit: 0 }, "subset: limit 0: expected an integer from 1 to 5"],
    ["half a sample", { limit: 1.5 }, "subset: limit 1.5"],
    ["an offset beyond the end", { offset: 5 }, "subset: offset 5: expected an integer from 0 to 4 (the data set has 5 samples)"],
    ["a negative offset", { offset: -1 }, "subset: offset -1"],
    ["a repeated index", { indices: Uint32Array.of(1, 2, 1) }, "subset: sample 1 at places 0 and 2: every sample may occur once only"],
    ["an index beyond the end", { indices: Uint32Array.of(5) }, "subset: sample 5 at place 0: expected 0 to 4"],
    ["no index", { indices: new Uint32Array(0) }, "subset: no indices"],
    ["both forms", { indices: Uint32Array.of(0), limit: 1 }, "subset: give either indices, or offset and limit"],
    ["an unknown option", { size: 3 } as never, 'unknown option "size"'],
  ];
  it.each(bad)("refuses %s", (_, options, message) => {
    expect(() => subset(five, options)).toThrow(UsageError);
    expect(() => subset(five, options)).toThrow(message);
  });
});

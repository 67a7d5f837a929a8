import { describe, expect, test } from "vitest";
import { labelsOf, type SoundParts, soundDataset, subsetOfSound } from "../../src/data/sound.ts";
import { UsageError } from "../../src/errors.ts";

const ramp = (length: number, from: number): Float32Array => Float32Array.from({ length }, (_, i) => from + i / 64);
const PARTS: SoundParts = {
  name: "tones",
  rate: 8000,
  clips: [ramp(5, 0), ramp(3, 0.25), ramp(4, 0.5)],
  labels: { speaker: labelsOf(["b", "a", "b"]) },
};

describe("sound in memory", () => {
  test("is read by spans, as the caller's own array", async () => {
    const data = soundDataset(PARTS);
    expect([...data.lengths]).toEqual([5, 3, 4]);
    const span = await data.read(1, 1, 2);
    expect([...span]).toEqual([0.25 + 1 / 64, 0.25 + 2 / 64]);
    span.fill(9);
    expect([...(await data.read(1, 0, 3))]).toEqual([0.25, 0.25 + 1 / 64, 0.25 + 2 / 64]);
    expect(await data.read(2, 4, 0)).toHaveLength(0);
  });

  test.each([
    [0, 4, 2, "tones: clip 0: samples 4 to 6 asked for, the clip has 5"],
    [0, -1, 2, "tones: clip 0: samples -1 to 1 asked for, the clip has 5"],
    [0, 0.5, 1, "tones: clip 0: samples 0.5 to 1.5 asked for, the clip has 5"],
    [3, 0, 1, "tones: clip 3: expected 0 to 2"],
  ])("samples that are not there are an error: clip %s from %s", async (clip, from, length, message) => {
    await expect(soundDataset(PARTS).read(clip, from, length)).rejects.toThrow(new UsageError(message));
  });

  test.each<[Partial<SoundParts>, string]>([
    [{ clips: [] }, "tones: no clips: expected at least one"],
    [{ clips: [ramp(2, 0), ramp(0, 0)], labels: {} }, "tones: clip 1: no samples"],
    [{ rate: 0 }, "tones: rate: expected samples per second, got 0"],
    [{ clipNames: ["one"] }, "tones: expected 3 clip names, got 1"],
    [{ labels: { speaker: labelsOf(["a"]) } }, "tones: speaker: expected 3 labels, got 1"],
    [{ labels: { speaker: { ids: Uint32Array.of(0, 1, 2), names: ["a", "b"] } } }, "tones: speaker: expected ids 0 to 1, got 2"],
  ])("parts that do not fit are refused: %j", (change, message) => {
    expect(() => soundDataset({ ...PARTS, ...change })).toThrow(new UsageError(message));
  });
});

describe("a subset of sound", () => {
  test("takes clips in the order given; labels keep their ids", async () => {
    const part = subsetOfSound(soundDataset(PARTS), Uint32Array.of(2, 1), "two");
    expect(part.name).toBe("two");
    expect([...part.lengths]).toEqual([4, 3]);
    expect(part.clipNames).toEqual(["clip 2", "clip 1"]);
    expect(part.labels.speaker).toEqual({ ids: Uint32Array.of(1, 0), names: ["a", "b"] });
    expect([...(await part.read(0, 3, 1))]).toEqual([0.5 + 3 / 64]);
  });

  test("names the clip in an error as the whole set does", async () => {
    const part = subsetOfSound(soundDataset(PARTS), Uint32Array.of(2), "one");
    await expect(part.read(0, 4, 1)).rejects.toThrow("one: clip 2: samples 4 to 5 asked for, the clip has 4");
  });

  test.each([
    [[0, 0], /sample 0 at places 0 and 1/],
    [[3], /sample 3 at place 0: expected 0 to 2/],
    [[], /no clips/],
  ])("refuses %j", (indices, message) => {
    expect(() => subsetOfSound(soundDataset(PARTS), Uint32Array.from(indices), "part")).toThrow(message);
  });
});

test("a fingerprint tells content, lengths, names, order and rate apart, and stays for equal ones", () => {
  const whole = soundDataset(PARTS);
  const changed = [
    { ...PARTS, clips: [ramp(5, 0), ramp(3, 0.26), ramp(4, 0.5)] },
    { ...PARTS, clips: [ramp(5, 0), ramp(4, 0.25), ramp(4, 0.5)] },
    { ...PARTS, clipNames: ["a", "b", "c"] },
    { ...PARTS, rate: 16000 },
  ].map((parts) => soundDataset(parts).fingerprint);
  const parts = [
    [0, 1],
    [1, 0],
  ].map((indices) => subsetOfSound(whole, Uint32Array.from(indices), "x").fingerprint);
  expect(new Set([whole.fingerprint, ...changed, ...parts]).size).toBe(7);
  expect(soundDataset({ ...PARTS, labels: {} }).fingerprint).toBe(whole.fingerprint);
});

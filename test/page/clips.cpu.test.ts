import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { clipsIn, RATE, type Recording, soundsOf } from "../../src/page/clips.ts";

/** Samples whose value tells where they were. */
const recording = (name: string, seconds: number): Recording => ({
  name,
  samples: Float32Array.from({ length: Math.round(seconds * RATE) }, (_, i) => i / (100 * RATE)),
});

test("recordings become clips of a second, of which every fifth of each recording is held out", async () => {
  const { train, test } = soundsOf([recording("a", 10.9), recording("b", 6)]);
  expect([...test.lengths]).toEqual([RATE, RATE, RATE]);
  expect(test.clipNames).toEqual(["a, second 5", "a, second 10", "b, second 5"]);
  expect(train.lengths).toHaveLength(13);
  expect([...(test.labels.recording?.ids ?? [])]).toEqual([0, 0, 1]);
  expect(train.labels.recording?.names).toEqual(["a", "b"]);
  const [start] = await test.read(1, 0, 1);
  expect(start).toBeCloseTo(9 / 100, 6);
});

test("too little sound is refused in words", () => {
  expect(clipsIn([recording("a", 5.5), recording("b", 4.6)])).toBe(9);
  expect(() => soundsOf([recording("a", 5.5), recording("b", 4.6)])).toThrow(UsageError);
  expect(() => soundsOf([])).toThrow(/0 seconds so far: expected at least 10/);
});

test("a single recording has no labels: there is nothing to tell apart", () => {
  expect(soundsOf([recording("a", 12)]).train.labels).toEqual({});
});

test("the same recordings are the same data, others are not", () => {
  const { train } = soundsOf([recording("a", 12)]);
  expect(soundsOf([recording("a", 12)]).train.fingerprint).toBe(train.fingerprint);
  expect(soundsOf([recording("a", 13)]).train.fingerprint).not.toBe(train.fingerprint);
});

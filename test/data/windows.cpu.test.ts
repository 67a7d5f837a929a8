import { describe, expect, test } from "vitest";
import { soundDataset } from "../../src/data/sound.ts";
import { readWindow, WindowLoader, windowConfig } from "../../src/data/windows.ts";
import { UsageError } from "../../src/errors.ts";

const lengths = Uint32Array.from([1000, 350, 90, 260, 800, 120]);
const loader = (more: object = {}) => new WindowLoader({ lengths, samples: 100, batch: 4, seed: 3, ...more });

describe("which windows a step sees", () => {
  test("an epoch has as many windows of a clip as fit side by side, one of a clip that is too short", () => {
    const { stepsPerEpoch, windows } = loader();
    expect(windows).toBe(10 + 3 + 1 + 2 + 8 + 1);
    expect(stepsPerEpoch).toBe(6);
    const counts = new Map<number, number>();
    for (let step = 0; step < 6; step++) for (const clip of loader().at(step).clips) counts.set(clip, (counts.get(clip) ?? 0) + 1);
    for (const [clip, count] of counts) expect(count).toBeLessThanOrEqual([10, 3, 1, 2, 8, 1][clip]!);
    expect([...counts.values()].reduce((a, b) => a + b)).toBe(24);
  });

  test("is a function of seed and step alone, whatever was asked before", () => {
    const used = loader();
    for (const step of [3, 17, 0, 5]) used.at(step);
    expect(used.at(8)).toEqual(loader().at(8));
    expect(loader().at(8)).not.toEqual(loader().at(2)); // the same place in the next epoch
    expect(loader().at(0)).not.toEqual(loader({ seed: 4 }).at(0));
  });

  test("starts are spread over all of a clip and end within it", () => {
    const one = new WindowLoader({ lengths: Uint32Array.from([130]), samples: 100, batch: 1, seed: 1 });
    const starts = new Set(Array.from({ length: 400 }, (_, step) => one.at(step).starts[0]!));
    expect(Math.min(...starts)).toBe(0);
    expect(Math.max(...starts)).toBe(30);
    expect(starts.size).toBe(31);
    expect(
      loader()
        .at(0)
        .starts.every((start, i) => start === 0 || start + 100 <= lengths[loader().at(0).clips[i]!]!),
    ).toBe(true);
  });

  test("a batch of one speaker each, and every speaker has its share", () => {
    const speakers = Uint32Array.from([0, 1, 1, 1, 0, 1]);
    const grouped = loader({ speakers, batch: 3 });
    expect(grouped.stepsPerEpoch).toBe(6 + 2);
    const seen = Array.from({ length: 8 }, (_, step) => new Set(Array.from(grouped.at(step).clips, (clip) => speakers[clip])));
    expect(seen.every(({ size }) => size === 1)).toBe(true);
    expect(seen.filter((of) => of.has(1))).toHaveLength(2);
    expect(seen.slice(0, 6).some((of) => of.has(1))).toBe(true); // not one speaker after the other
  });

  test("clips that are left out", () => {
    const without = loader({ without: new Set([0, 2]) });
    expect(without.windows).toBe(14);
    for (let step = 0; step < 12; step++) for (const clip of without.at(step).clips) expect([1, 3, 4, 5]).toContain(clip);
  });

  test.each([
    [{ batch: 26 }, /batch: expected at most 25, the number of windows in an epoch, got 26/],
    [{ batch: 8, speakers: Uint32Array.from([0, 1, 1, 1, 0, 1]) }, /at most 7, the number of windows of speaker 1/],
    [{ batch: 0 }, /batch/],
    [{ seed: -1 }, /seed/],
  ])("refused: %o", (more, message) => {
    expect(() => loader(more)).toThrow(UsageError);
    expect(() => loader(more)).toThrow(message);
  });
});

describe("a window", () => {
  const clips = [Float32Array.from({ length: 10 }, (_, i) => 0.1 * i), Float32Array.of(0.5, -0.5, 0.7)];
  const data = soundDataset({ name: "two", rate: 8000, clips });

  test("is a span of its clip, as recorded", async () => {
    expect(await readWindow(data, 0, 4, { samples: 3, level: "none" })).toEqual(clips[0]!.slice(4, 7));
  });

  test("ends in silence where the clip does", async () => {
    expect(await readWindow(data, 1, 0, { samples: 5, level: "none" })).toEqual(Float32Array.of(0.5, -0.5, 0.7, 0, 0));
  });

  test("of level rms: no mean, power 1, silence after the clip left as it is", async () => {
    const window = await readWindow(data, 1, 0, { samples: 5, level: "rms" });
    expect(window.reduce((a, b) => a + b)).toBeCloseTo(0, 5);
    expect(window.reduce((a, b) => a + b * b, 0) / 3).toBeCloseTo(1, 5);
    expect([...window.slice(3)]).toEqual([0, 0]);
    const quiet = soundDataset({ name: "quiet", rate: 8000, clips: [new Float32Array(8)] });
    expect(await readWindow(quiet, 0, 0, { samples: 8, level: "rms" })).toEqual(new Float32Array(8));
  });
});

test.each([
  [{ samples: 0 }, /samples/],
  [{ short: "cut" }, /short: expected one of pad, skip, refuse/],
  [{ level: "peak" }, /level: expected one of rms, none/],
  [{ batches: "voice" }, /batches: expected one of mixed, speaker/],
  [{ size: 3 }, /unknown option "size"/],
  [{ speaker: 3 }, /speaker: expected the name of labels/],
])("window config refused: %o", (given, message) => {
  expect(() => windowConfig({ kind: "window", ...given })).toThrow(message);
});

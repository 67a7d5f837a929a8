import { describe, expect, test } from "vitest";
import { labelsOf } from "../../src/data/sound.ts";
import { type SplitOptions, splitClips } from "../../src/data/sound_split.ts";
import { FormatError, UsageError } from "../../src/errors.ts";

const PATHS = ["a/1.wav", "a/2.wav", "a/3.wav", "b/1.wav", "b/4.wav", "b/5.wav"];
const LABELS = { speaker: labelsOf(["a", "a", "a", "b", "b", "b"]), word: labelsOf(["1", "2", "3", "1", "4", "5"]) };

function split(options: SplitOptions, change: Partial<Parameters<typeof splitClips>[0]> = {}) {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const { train, test } = splitClips({ name: "set", paths: PATHS, labels: LABELS, dropped: [], warn, ...change }, options);
  return { train: [...train], test: [...test], warnings };
}

describe("clips are held out", () => {
  test("every nth of each value of the first label", () => {
    expect(split({ holdOut: 3 })).toEqual({ train: [0, 1, 3, 4], test: [2, 5], warnings: [] });
    expect(split({ holdOut: 2 })).toMatchObject({ train: [0, 2, 3, 5], test: [1, 4] });
  });

  test("without labels, every nth; by default the fifth", () => {
    expect(split({}, { labels: {} })).toMatchObject({ train: [0, 1, 2, 3, 5], test: [4] });
  });

  test("by whole values of a label, so that no word is on both sides", () => {
    expect(split({ holdOutBy: "word", holdOut: 3 })).toMatchObject({ train: [0, 1, 3, 4, 5], test: [2] });
    expect(split({ holdOutBy: "word", holdOut: 2 })).toMatchObject({ train: [0, 2, 3, 5], test: [1, 4] });
    expect(split({ holdOutBy: "speaker", holdOut: 2 })).toMatchObject({ train: [0, 1, 2], test: [3, 4, 5] });
  });

  test("by a label called part, unless another rule is asked for", () => {
    const labels = { ...LABELS, part: labelsOf(["train", "train", "test", "test", "train", "train"]) };
    expect(split({}, { labels })).toMatchObject({ train: [0, 1, 4, 5], test: [2, 3] });
    expect(split({ holdOutBy: "speaker", holdOut: 2 }, { labels })).toMatchObject({ test: [3, 4, 5] });
  });

  test("by lists of paths or of unique file names", () => {
    const lists = { trainList: ["a/1.wav", "2", "b/4"], testList: ["3", "b/5.wav"] };
    expect(split(lists)).toEqual({ train: [0, 1, 4], test: [2, 5], warnings: ["set: 1 clip in neither list, left out: b/1.wav"] });
    expect(split({ testList: ["b/5"] })).toEqual({ train: [0, 1, 2, 3, 4], test: [5], warnings: [] });
    expect(split({ trainList: ["b/5"] })).toMatchObject({ train: [5], test: [0, 1, 2, 3, 4] });
  });

  test("by lists that may name clips that were dropped", () => {
    expect(split({ testList: ["5", "9"] }, { dropped: ["c/9.wav"] })).toMatchObject({ test: [5] });
  });
});

describe("a split is refused", () => {
  test.each<[SplitOptions, string]>([
    [{ holdOut: 4 }, "set: 6 clips without a test part, of which every 4th of a class would be held out: that is none. Give more clips"],
    [{ holdOutBy: "voice" }, "set: holdOutBy: expected one of the labels speaker, word, got voice"],
    [{ holdOutBy: "speaker" }, "set: every 5th of 2 values of speaker would be held out: that is none. Give a smaller holdOut (2 or more)"],
    [{ testList: PATHS }, "set: no clip is in the training part"],
  ])("%j", (options, message) => {
    expect(() => split(options)).toThrow(UsageError);
    expect(() => split(options)).toThrow(message);
  });

  test.each<[SplitOptions, string]>([
    [{ testList: ["5", "6", "7"] }, "set: 2 ids of a list without a clip: 6, 7"],
    [{ testList: ["1"] }, "set: of several clips each: 1: give their paths"],
    [{ testList: ["5"], trainList: ["2", "b/5"] }, "set: in both lists: b/5.wav"],
  ])("for a bad list: %j", (options, message) => {
    expect(() => split(options)).toThrow(new FormatError(message));
  });

  test("for other parts than train and test", () => {
    const labels = { part: labelsOf(["train", "train", "test", "dev", "train", "train"]) };
    expect(() => split({}, { labels })).toThrow(new UsageError("set: label part: expected train and test, found dev"));
  });
});

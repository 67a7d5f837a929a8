import { describe, expect, test } from "vitest";
import { labelsByPattern, readIdList, readLabelled } from "../../src/data/sound_labels.ts";
import { FormatError, UsageError } from "../../src/errors.ts";

/** Each label as one text a clip. */
const texts = (labels: ReturnType<typeof labelsByPattern>): Record<string, (string | undefined)[]> =>
  Object.fromEntries(Object.entries(labels).map(([key, { ids, names }]) => [key, Array.from(ids, (id) => names[id])]));

describe("a pattern", () => {
  test.each<[string, string[], Record<string, string[]>]>([
    ["{class}/*", ["dog/1.wav", "cat/2.wav", "x/cat/3.wav"], { class: ["dog", "cat", "cat"] }],
    ["{class}/**", ["dog/1.wav", "cat/x/2.wav"], { class: ["dog", "cat"] }],
    [
      "{speaker}/{chapter}/*",
      ["103/1240/103-1240-0000.flac", "train-clean-100/7/8/7-8-0001.flac"],
      { speaker: ["103", "7"], chapter: ["1240", "8"] },
    ],
    ["{digit}_{speaker}_*", ["7_jackson_32.wav", "a/0_george_1.wav"], { digit: ["7", "0"], speaker: ["jackson", "george"] }],
    [
      "{language}_*_*_{speaker}/{prompt...}",
      ["it_IT_m_Carlo/digits/1.wav", "en_US_f_Allison/vm-and.wav"],
      { language: ["it", "en"], speaker: ["Carlo", "Allison"], prompt: ["digits/1", "vm-and"] },
    ],
    ["{part}.{who}", ["a+b.c.wav"], { part: ["a+b"], who: ["c"] }],
  ])("%s labels what it fits", (pattern, paths, expected) => {
    expect(texts(labelsByPattern(paths, pattern, "set"))).toEqual(expected);
  });

  test("numbers the names in bytewise order", () => {
    const { class: labels } = labelsByPattern(["b/1.wav", "a/1.wav", "B/1.wav"], "{class}/*", "set");
    expect(labels).toEqual({ ids: Uint32Array.of(2, 1, 0), names: ["B", "a", "b"] });
  });

  test.each([
    [
      "{speaker}/{chapter}/*",
      "1.wav",
      "set: 1.wav does not fit the pattern of the labels, {speaker}/{chapter}/*: give another (labels; --labels)",
    ],
    ["a.c/{class}", "abc/1.wav", "does not fit"],
    ["**/*", "a/1.wav", "set: labels: the pattern **/* names no label: expected one such as {class}/*"],
    ["{a}/{a}", "a/1.wav", "set: labels: {a} is in the pattern {a}/{a} twice"],
    ["{a}/{", "a/1.wav", 'set: labels: "{" in the pattern {a}/{: expected {name}, {name...}, *, ** or text'],
    ["{1a}/*", "a/1.wav", 'set: labels: "{" in the pattern'],
  ])("%s is refused for %s", (pattern, path, message) => {
    expect(() => labelsByPattern([path], pattern, "set")).toThrow(UsageError);
    expect(() => labelsByPattern([path], pattern, "set")).toThrow(message);
  });
});

describe("a list of clips", () => {
  const readList = (text: string) => readLabelled(text, "clips.tsv", { name: "path", what: "clip" });

  test("keeps its order", () => {
    const { first, labels } = readList("path\tvoice\tprompt\r\nb.wav\ttwo\thi all\r\na.wav\tone\thi all\r\n\r\n");
    expect(first).toEqual(["b.wav", "a.wav"]);
    expect(texts(labels)).toEqual({ voice: ["two", "one"], prompt: ["hi all", "hi all"] });
  });

  test.each([
    ["", 'clips.tsv: line 1: expected "path" and the names of labels between tabs, found ""'],
    ["file\tvoice\na.wav\tx\n", 'clips.tsv: line 1: expected "path" and the names of labels between tabs, found "file\\tvoice"'],
    ["path\tvoice\tvoice\na.wav\tx\ty\n", "clips.tsv: line 1: expected"],
    ["path\tvoice\n", "clips.tsv: line 2: expected a clip, found the end"],
    ["path\tvoice\na.wav\tx\nb.wav\n", 'clips.tsv: line 3: expected 2 texts between tabs, found "b.wav"'],
    ["path\tvoice\na.wav\t\n", "clips.tsv: line 2: expected 2 texts between tabs"],
    ["path\tvoice\na.wav\tx\na.wav\ty\n", "clips.tsv: line 3: a.wav is in line 2 already"],
  ])("is refused: %j", (text, message) => {
    expect(() => readList(text)).toThrow(FormatError);
    expect(() => readList(text)).toThrow(message);
  });
});

test("a list of ids is lines; each once", () => {
  expect(readIdList("103-1240-0000\n\n 103-1240-0001 \r\n", "x.txt")).toEqual(["103-1240-0000", "103-1240-0001"]);
  expect(() => readIdList("\n", "x.txt")).toThrow(new FormatError("x.txt: expected the ids of clips, one a line, found none"));
  expect(() => readIdList("a\nb\na\n", "x.txt")).toThrow(new FormatError("x.txt: a is in it twice"));
});

import { describe, expect, test } from "vitest";
import {
  checkEmojiOptions,
  type Emoji,
  type EmojibaseEntry,
  type EmojiOptions,
  emojiSets,
  joinEmoji,
  splitEmoji,
} from "../../src/data/emoji.ts";
import { isMultiView, type MultiViewDataset, multiViewSubset } from "../../src/data/multi_view.ts";
import { FormatError, UsageError } from "../../src/errors.ts";

const NAMES = { groups: { 0: "smileys-emotion", 9: "flags" }, subgroups: { 0: "face-smiling", 3: "face-hand", 7: "flag" } };
const BASE: EmojibaseEntry[] = [
  { hexcode: "1F917-200D-2642", label: "a face twice", group: 0, subgroup: 3 },
  { hexcode: "1F917", label: "hugging face", group: 0, subgroup: 3 },
  { hexcode: "1F6A9", label: "triangular flag", group: 9, subgroup: 7 },
  { hexcode: "263A", label: "smiling face", group: 0, subgroup: 0 },
  { hexcode: "1F600", label: "grinning face", group: 0, subgroup: 0 },
  { hexcode: "1F1E6", label: "regional indicator A" },
];
const CHART = {
  "1f917-200d-2642": "a-face-twice",
  "1f917": "hugging-face",
  "1f6a9": "flag",
  "263a": "smiling",
  "1f600": "grinning",
  "1f1e6": "a",
};
const charts = (second: object) =>
  new Map<string, Record<string, string>>([
    ["noto", CHART],
    ["openmoji", { ...second }],
  ]);

describe("joinEmoji", () => {
  test("keeps what every vendor drew, in the order of the code points as numbers", () => {
    const emoji = joinEmoji(BASE, NAMES, charts(CHART));
    expect(emoji.map(({ code }) => code)).toEqual(["263a", "1f600", "1f6a9", "1f917", "1f917-200d-2642"]);
    expect(emoji[2]).toEqual({
      code: "1f6a9",
      label: "triangular flag",
      group: "flags",
      subgroup: "flag",
      flag: true,
      icons: new Map([
        ["noto", "flag"],
        ["openmoji", "flag"],
      ]),
    });
    expect(emoji.map(({ flag }) => flag)).toEqual([false, false, true, false, false]);
  });

  test("leaves out what one vendor lacks, and names that only objects have", () => {
    const { "1f600": _, ...few } = CHART;
    expect(joinEmoji(BASE, NAMES, charts(few)).map(({ code }) => code)).not.toContain("1f600");
    const odd = { ...BASE[0], hexcode: "toString", label: "" };
    expect(joinEmoji([...BASE, odd], NAMES, charts(CHART))).toHaveLength(5);
  });

  test("refuses packages that do not fit together", () => {
    expect(() => joinEmoji(BASE, NAMES, charts({}))).toThrow(FormatError);
    expect(() => joinEmoji(BASE, NAMES, charts({}))).toThrow(/no code points are common to emojibase-data and noto, openmoji/);
    expect(() => joinEmoji(BASE, { ...NAMES, subgroups: {} }, charts(CHART))).toThrow(/emoji .*: expected a named group and subgroup/);
  });
});

test("every fifth emoji is held out, and no emoji is both", () => {
  const { train, test: held } = splitEmoji(1442);
  expect([train.length, held.length]).toEqual([1154, 288]);
  expect([...held.subarray(0, 3)]).toEqual([4, 9, 14]);
  expect(new Set([...train, ...held]).size).toBe(1442);
});

describe("emojiSets", () => {
  const emoji = Array.from({ length: 12 }, (_, i): Emoji => {
    const [group, subgroup] = i % 3 === 0 ? ["flags", "flag"] : ["objects", `sub-${i % 3}`];
    return { code: (0x1f600 + i).toString(16), label: `emoji ${i}`, group, subgroup, flag: i % 3 === 0, icons: new Map() };
  });
  /** Emoji i of vendor v: all bytes 10 v + i. */
  const drawing = (v: number) => Uint8Array.from({ length: 12 * 3 * 64 }, (_, at) => 10 * v + Math.floor(at / 192));
  const sets = (count: number, labels = "subgroup", pool = false) =>
    emojiSets(emoji, new Map(["noto", "twemoji", "openmoji"].slice(0, count).map((vendor, v) => [vendor, drawing(v)])), {
      size: 8,
      labels,
      pool,
    });
  const firstBytes = (pixels: Uint8Array) => [...pixels].filter((_, at) => at % 192 === 0);

  test("images of one vendor, with the subgroups as classes", () => {
    const { train, test: held, emoji: which } = sets(1);
    expect([train.length, train.channels, train.height, train.width, isMultiView(train)]).toEqual([10, 3, 8, 8, false]);
    expect(firstBytes(train.pixels())).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 11]);
    expect(firstBytes(held.pixels())).toEqual([4, 9]);
    expect(train.classes).toEqual(["flag", "sub-1", "sub-2"]);
    expect([...(train.labels ?? [])]).toEqual([0, 1, 2, 0, 2, 0, 1, 2, 1, 2]);
    expect([[...(held.labels ?? [])], held.classes]).toEqual([[1, 0], train.classes]);
    expect(which.test.map(({ label, flag }) => [label, flag])).toEqual([
      ["emoji 4", false],
      ["emoji 9", true],
    ]);
    expect(which.train).toHaveLength(10);
  });

  test("groups as classes", () => {
    const { test: held } = sets(1, "group");
    expect([held.classes, [...(held.labels ?? [])]]).toEqual([
      ["flags", "objects"],
      [1, 0],
    ]);
  });

  test("a view for each of several vendors, the same emoji in each; the first is the images", () => {
    const { train, test: held } = sets(3);
    expect(isMultiView(train) && isMultiView(held)).toBe(true);
    const { views } = held as MultiViewDataset;
    expect(views.map(({ name, channels, height }) => [name, channels, height])).toEqual([
      ["noto", 3, 8],
      ["twemoji", 3, 8],
      ["openmoji", 3, 8],
    ]);
    expect(views.map(({ pixels }) => firstBytes(pixels()))).toEqual([
      [4, 9],
      [14, 19],
      [24, 29],
    ]);
    expect(held.pixels()).toEqual(views[0]?.pixels());
    const part = multiViewSubset(train as MultiViewDataset, { limit: 2 });
    expect(part.views.map(({ pixels }) => firstBytes(pixels()))).toEqual([
      [0, 1],
      [10, 11],
      [20, 21],
    ]);
  });

  test("pooled: every drawing to learn from is a sample, and the first vendor's are held out", () => {
    const { train, test: held, emoji: which } = sets(2, "subgroup", true);
    expect([isMultiView(train), isMultiView(held), train.length, held.length]).toEqual([false, false, 20, 2]);
    expect(firstBytes(train.pixels())).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21]);
    expect(train.labels?.slice(10)).toEqual(train.labels?.slice(0, 10));
    expect([which.train.length, which.train[10], which.test.length]).toEqual([20, emoji[0], 2]);
    expect(firstBytes(held.pixels())).toEqual([4, 9]);
    expect(sets(1, "subgroup", true).train.fingerprint).toBe(sets(1).train.fingerprint);
  });

  test("refuses drawings of other emoji", () => {
    const options = { size: 8, labels: "group", pool: false };
    expect(() => emojiSets(emoji.slice(0, 5), new Map([["noto", drawing(0)]]), options)).toThrow(
      /expected 5 drawings of noto, one an emoji, found 12/,
    );
    expect(() => emojiSets(emoji, new Map(), options)).toThrow(FormatError);
  });
});

test("checkEmojiOptions fills in the defaults", () => {
  expect(checkEmojiOptions({})).toEqual({ vendors: ["noto"], size: 32, labels: "subgroup", pool: false });
});

test.each<[object, RegExp]>([
  [{ vendor: "noto" }, /data emoji: unknown option "vendor"/],
  [{ vendors: [] }, /data.vendors: expected a list of noto, twemoji, openmoji, fluent-emoji-flat, got \[\]/],
  [{ vendors: "noto" }, /data.vendors: expected a list/],
  [{ vendors: ["noto", "apple"] }, /data.vendors: expected one of noto, .*, got "apple"/],
  [{ vendors: ["noto", "openmoji", "noto"] }, /data.vendors: noto is named twice/],
  [{ size: [4, 4] }, /data.size: expected an integer of 8 or more and at most 256, got 4/],
  [{ pool: 1 }, /data.pool: expected true or false, got 1/],
  [{ labels: "colour" }, /data.labels: expected one of subgroup, group, got "colour"/],
])("%j is refused", (options, message) => {
  expect(() => checkEmojiOptions(options as EmojiOptions)).toThrow(UsageError);
  expect(() => checkEmojiOptions(options as EmojiOptions)).toThrow(message);
});

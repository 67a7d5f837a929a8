import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { encodeTexts, unknownShare, vocabularyOf } from "../../src/data/text/encode.ts";
import type { TextDataset } from "../../src/data/text/texts.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { loadTexts, readSotu, readSpam } from "../../src/host/texts.ts";
import type { DataConfig } from "../../src/train/data_config.ts";

const counts = ({ labels }: TextDataset, label: string): { [name: string]: number } => {
  const { ids, names } = labels[label]!;
  return Object.fromEntries(names.map((name, id) => [name, ids.filter((own) => own === id).length]));
};

test("the addresses of the presidents: their years, parties and speakers", async () => {
  const texts = await readSotu();
  expect(texts.documents).toHaveLength(233);
  expect(counts(texts, "party")).toMatchObject({ Democratic: 90, Republican: 92, Whig: 4, none: 7 });
  const { ids, names } = texts.labels.speaker!;
  expect(names[ids[texts.documentNames.indexOf("Barack Obama 2013")] ?? 0]).toBe("Barack Obama");
  const vocabulary = vocabularyOf(texts, { size: 5000 });
  expect(vocabulary.words.slice(0, 5)).toContain("the");
  const encoded = encodeTexts(texts, vocabulary, 32);
  expect(unknownShare(encoded)).toBeLessThan(0.08);
  expect(encoded.every(({ sentences }) => sentences.length >= 20 && sentences.every(({ length }) => length >= 1 && length <= 32))).toBe(
    true,
  );
}, 60_000);

test("the mails: spam and ham by their bodies, those without a word left out and said so", async () => {
  const warnings: string[] = [];
  const texts = await readSpam((text) => warnings.push(text));
  const { documents } = texts;
  expect(documents.length).toBeGreaterThan(6000);
  expect((counts(texts, "kind").spam ?? 0) / documents.length).toBeCloseTo(1896 / 6046, 1);
  const left = 6046 - documents.length;
  expect(warnings.map((text) => /^spam: (\d+) mails have no word/.exec(text)?.[1])).toEqual(left > 0 ? [String(left)] : []);
  expect(documents.filter((text) => /^(received|return-path|delivered-to):/im.test(text)).length / documents.length).toBeLessThan(0.1);
}, 120_000);

describe("--data text", () => {
  const dir = mkdtempSync(join(tmpdir(), "nearfar-texts-"));
  afterAll(() => rmSync(dir, { recursive: true }));
  for (const [i, folder] of ["a", "a", "b", "b"].entries()) {
    mkdirSync(join(dir, "set", folder), { recursive: true });
    writeFileSync(join(dir, "set", folder, `${i}.txt`), `Text ${i}.`);
  }
  writeFileSync(join(dir, "held.txt"), "1\n2\n");
  writeFileSync(join(dir, "table.tsv"), "text\tkind\nOne.\ta\nTwo.\ta\n");
  const load = (folder: string | null, more: Partial<DataConfig> = {}) =>
    loadTexts({ name: "text", folder: folder && join(dir, folder), limit: null, test: null, ...more });

  test("reads a folder with the options of a config, and a table", async () => {
    const { train, test: held } = await load("set", { testList: join(dir, "held.txt") });
    expect([train.documentNames, held.documents]).toEqual([
      ["a/0.txt", "b/3.txt"],
      ["Text 1.", "Text 2."],
    ]);
    expect((await load("table.tsv", { holdOut: 2 })).test).toMatchObject({ documents: ["Two."], documentNames: ["line 3"] });
  });

  test.each<[string | null, Partial<DataConfig>, RegExp]>([
    ["nowhere", {}, /nowhere: no such folder or archive/],
    [null, {}, /--data text: give the folder of the texts.* got nothing/],
    ["table.tsv", { labels: "{class}/*" }, /table.tsv: --labels and --skip-bad are for folders/],
    ["nowhere.tsv", {}, /nowhere.tsv: cannot be read/],
    ["set", { name: "sotu" }, /--data sotu comes from an npm package: leave --data-dir out/],
    ["set", { minimum: 1 }, /data text: unknown option "minimum"/],
  ])("refused: %s %j", async (folder, more, message) => {
    await expect(load(folder, more)).rejects.toThrow(UsageError);
    await expect(load(folder, more)).rejects.toThrow(message);
  });

  test("a file that is neither a table nor an archive is told from them", async () => {
    await expect(load("held.txt")).rejects.toThrow(FormatError);
  });
});

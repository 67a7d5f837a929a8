import { expect, test } from "vitest";
import { corpusOf } from "../../src/data/text/corpus.ts";
import { readSotu, readSpamAssassin } from "../../src/host/texts.ts";

test("the addresses of the presidents: their years, parties and speakers", async () => {
  const texts = await readSotu();
  const { documents, classes } = texts;
  expect([documents.length, ...classes]).toEqual([233, "Democrat", "Republican"]);
  expect([0, 1, null].map((label) => documents.filter((document) => document.label === label).length)).toEqual([90, 92, 51]);
  expect(documents.find(({ name }) => name === "Barack Obama 2013")).toMatchObject({ label: 0, group: "Barack Obama" });
  const { vocabulary, unknown, documents: encoded } = corpusOf(texts, { size: 5000 });
  expect(vocabulary.words.slice(0, 5)).toContain("the");
  expect(unknown).toBeLessThan(0.08);
  expect(encoded.every(({ sentences }) => sentences.length >= 20 && sentences.every(({ length }) => length >= 1 && length <= 32))).toBe(
    true,
  );
}, 60_000);

test("the mails: spam and ham by their bodies, those without a word left out and said so", async () => {
  const warnings: string[] = [];
  const { documents } = await readSpamAssassin((text) => warnings.push(text));
  const spam = documents.filter(({ label }) => label === 1).length;
  expect(documents.length).toBeGreaterThan(6000);
  expect(spam / documents.length).toBeCloseTo(1896 / 6046, 1);
  const left = 6046 - documents.length;
  expect(warnings.map((text) => /^spam-assassin: (\d+) mails have no word/.exec(text)?.[1])).toEqual(left > 0 ? [String(left)] : []);
  expect(documents.filter(({ text }) => /^(received|return-path|delivered-to):/im.test(text)).length / documents.length).toBeLessThan(0.1);
}, 120_000);

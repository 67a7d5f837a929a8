import { labelsOf } from "../../src/data/sound.ts";
import { splitTexts } from "../../src/data/text/text_folder.ts";
import { type TextDataset, textDataset } from "../../src/data/text/texts.ts";
import { sequence } from "../gradcheck.ts";

const WORDS = [..."abcdefghijklmnop"].map((letter) => letter + letter);

/** Texts about one thing each: six sentences of words of one half of the alphabet, in any order. */
export function twoThings(count: number): TextDataset {
  const random = sequence(11);
  const sentence = (label: number) =>
    Array.from({ length: 3 + Math.floor(3 * random()) }, () => WORDS[8 * label + Math.floor(8 * random())]).join(" ");
  const text = (label: number) => Array.from({ length: 6 }, () => `${sentence(label)}.`).join(" ");
  const documents = Array.from({ length: count }, (_, i) => text(i % 2));
  const labels = { thing: labelsOf(documents.map((_, i) => (i % 2 === 0 ? "first" : "second"))) };
  return textDataset({ name: "two things", documents, labels });
}

/** The same with every third held out. */
export const thingsData = (count = 24) => splitTexts(twoThings(count), { holdOut: 3 });

/** A run that takes a second: passages of six sentences. */
export const tinyText = {
  objective: { name: "cpc" },
  data: { name: "text" },
  encoder: { name: "text", embedding: 8, width: 16, units: 16 },
  view: { kind: "passage", sentences: 6, words: 6, vocabulary: 20 },
  schedule: { kind: "constant", rate: 0.01 },
  batch: 6,
  epochs: 3,
  evaluate: { every: 3, k: 3, temperature: 0.1 },
} as const;

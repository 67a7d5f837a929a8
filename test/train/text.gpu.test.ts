import { expect, test } from "vitest";
import { corpusOf } from "../../src/data/text/corpus.ts";
import { UsageError } from "../../src/errors.ts";
import { crossValidate } from "../../src/evaluate/cross_validate.ts";
import { TextSession } from "../../src/train/text_session.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const SMALL = { batch: 6, sentences: 6, words: 6, embedding: 8, width: 16, units: 16, rate: 1e-2 };
const WORDS = [..."abcdefghijklmnop"].map((letter) => letter + letter);

/** Texts about one thing each: sentences of words of one half of the alphabet, in any order. */
function twoThings(count: number) {
  const random = sequence(11);
  const sentence = (label: number) =>
    Array.from({ length: 3 + Math.floor(3 * random()) }, () => WORDS[8 * label + Math.floor(8 * random())]).join(" ");
  const text = (label: number) => Array.from({ length: 6 }, () => `${sentence(label)}.`).join(" ");
  const documents = Array.from({ length: count }, (_, i) => ({ name: `text ${i}`, text: text(i % 2), label: i % 2 }));
  return corpusOf({ name: "two things", documents, classes: ["first", "second"] }, { words: 6 });
}

test("next sentences are told from those about another thing, and features say what a text is about", async () => {
  const gpu = await testGpu();
  const corpus = twoThings(24);
  const session = await TextSession.create(gpu, corpus, { ...SMALL, steps: 60 });
  const bounds: number[] = [];
  expect(await session.train(({ figures }) => bounds.push(figures.bound!), undefined, 10)).toBe(true);
  // Half of the other sentences are about the other thing: ln 2 nats can be known.
  expect(bounds[0]!).toBeLessThan(0.2);
  expect(bounds.at(-1)!).toBeGreaterThan(0.4);
  const { contexts } = await session.embed();
  const rows = { data: contexts, shape: [24, SMALL.units] as const };
  const labels = corpus.documents.map(({ label }) => label);
  const groups = corpus.documents.map(({ name }) => name);
  const { top1, folds } = await crossValidate(gpu, rows, labels, groups, { folds: 3, rates: [0.3], epochs: 20, batch: 8 });
  expect(folds).toHaveLength(3);
  expect(top1).toBe(1);
  session.close();
});

test("the same config learns the same; an interruption ends it; features of a document do not depend on its neighbours", async () => {
  const gpu = await testGpu();
  const corpus = twoThings(8);
  const curve = async (seed: number) => {
    const session = await TextSession.create(gpu, corpus, { ...SMALL, seed, steps: 4 });
    const losses: number[] = [];
    await session.train(({ figures }) => losses.push(figures.loss!), undefined, 2);
    session.close();
    return losses;
  };
  expect(await curve(1)).toEqual(await curve(1));
  expect(await curve(2)).not.toEqual(await curve(1));
  const stop = new AbortController();
  const session = await TextSession.create(gpu, corpus, { ...SMALL, steps: 9 });
  expect(await session.train(() => stop.abort(), stop.signal, 3)).toBe(false);
  session.close();
  const features = async (documents: typeof corpus.documents) => {
    const own = await TextSession.create(gpu, { ...corpus, documents }, SMALL);
    const { latents } = await own.embed();
    own.close();
    return [...latents.subarray(0, SMALL.width)];
  };
  expect(await features(corpus.documents)).toEqual(await features(corpus.documents.slice(0, 1)));
});

test("what cannot be predicted is refused before anything is computed", async () => {
  const gpu = await testGpu();
  const one = corpusOf({ name: "one", documents: [{ name: "x", text: "aa bb aa bb", label: null }], classes: [] });
  await expect(TextSession.create(gpu, one, SMALL)).rejects.toThrow(/documents of 2 sentences or more, the longest has 1/);
  await expect(TextSession.create(gpu, twoThings(2), { ...SMALL, sentences: 3 })).rejects.toThrow(
    /3 steps ahead do not fit sequences of 3/,
  );
  await expect(TextSession.create(gpu, twoThings(2), { wide: 3 } as never)).rejects.toThrow(UsageError);
  const rows = { data: new Float32Array(8), shape: [4, 2] as const };
  await expect(crossValidate(gpu, rows, [0, 1, 0, 1], ["a", "a", "b", "b"], { folds: 3 })).rejects.toThrow(/3 folds of 2 groups/);
});

import { describe, expect, test } from "vitest";
import { bagOfWords, encodeTexts, unknownShare, vocabularyOf } from "../../../src/data/text/encode.ts";
import { mailText } from "../../../src/data/text/mail.ts";
import { passageBatch, passageConfig, passagesOf } from "../../../src/data/text/passages.ts";
import { UNKNOWN, Vocabulary, VocabularyBuilder, type VocabularyOptions } from "../../../src/data/text/vocabulary.ts";
import { sentencesOf, wordsOf } from "../../../src/data/text/words.ts";
import { FormatError, UsageError } from "../../../src/errors.ts";
import { NO_WORD } from "../../../src/ops/embedding.ts";

const NO_FRAME = 0xffffffff;
/** Documents as numbers, by the words of their own. */
function encoded(documents: readonly string[], options: VocabularyOptions = {}, words = 32) {
  const vocabulary = vocabularyOf({ documents }, options);
  return { vocabulary, documents: encodeTexts({ documents }, vocabulary, words) };
}

describe("words and sentences", () => {
  test.each([
    ["It's 1,000 men, not 5!", ["it's", "0", "men", ",", "not", "0", "!"]],
    ["Don\u2019t \u00c9tude\u2014na\u00efve", ["don't", "\u00e9tude", "\u2014", "na\u00efve"]],
    ["  \n ", []],
  ])("%j", (text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test("a sentence ends with its sign, not with an abbreviation; an empty line ends one too", () => {
    expect(sentencesOf('Mr. Speaker, the U.S. Congress met. "Did it?" Yes! No end\n\nA title\n\n\n')).toEqual([
      "Mr. Speaker, the U.S. Congress met.",
      '"Did it?"',
      "Yes!",
      "No end",
      "A title",
    ]);
    expect(sentencesOf("Signed by J. Adams.")).toEqual(["Signed by J. Adams."]);
    expect(sentencesOf(" \n\n ")).toEqual([]);
  });

  test("of a mail, its subject and body: no header, tags, attachments", () => {
    const mail = "From a@b\nReceived: x\nSubject: Hello\n\n<p>Dear <b>you</b></p><style>p{}</style> soft=\n ly &nbsp; QUJD".concat(
      "A".repeat(60),
    );
    expect(wordsOf(mailText(mail))).toEqual(["hello", "dear", "you", "soft", "ly"]);
    expect(wordsOf(mailText("no header"))).toEqual(["no", "header"]);
  });
});

describe("vocabulary", () => {
  test("the most frequent words first, equals by their characters; all others are unknown", () => {
    const builder = new VocabularyBuilder({ size: 3, least: 2 });
    builder.add(["b", "a", "a", "c"]);
    builder.add(["b", "a", "d", "d", "e", "e"]);
    const vocabulary = builder.finish();
    expect(vocabulary.words).toEqual(["a", "b", "d"]);
    expect([vocabulary.size, vocabulary.id("a"), vocabulary.id("c"), vocabulary.word(0), vocabulary.word(2)]).toEqual([
      4,
      1,
      0,
      UNKNOWN,
      "b",
    ]);
  });

  test("it is counted in bounded memory: a frequent word among many rare ones is kept", () => {
    const builder = new VocabularyBuilder({ size: 2, least: 2, held: 50 });
    for (let i = 0; i < 3000; i++) builder.add([`rare${i}`, ...(i % 5 === 0 ? ["often"] : []), ...(i % 7 === 0 ? ["second"] : [])]);
    expect(builder.finish().words).toEqual(["often", "second"]);
  });

  test("what makes none is refused", () => {
    expect(() => new VocabularyBuilder({ size: 0 })).toThrow(UsageError);
    expect(() => new VocabularyBuilder({ size: 9, held: 5 })).toThrow(/held/);
    expect(() => new VocabularyBuilder().finish()).toThrow(/no word was seen 2 times/);
    expect(() => new Vocabulary(["a", "a"])).toThrow(FormatError);
  });
});

describe("texts as numbers", () => {
  test("a sentence that is too long goes on as the next one", () => {
    const { vocabulary, documents } = encoded(["Aa bb aa. Cc aa bb aa bb.", "Aa bb!"], { size: 2, least: 1 }, 3);
    const numbers = documents.map(({ sentences }) => sentences.map((ids) => [...ids]));
    expect(vocabulary.words).toEqual(["aa", "bb"]);
    expect(numbers).toEqual([[[1, 2, 1], [0], [0, 1, 2], [1, 2, 0]], [[1, 2, 0]]]);
    expect(unknownShare(documents)).toBeCloseTo(4 / 13, 12);
  });

  test("a bag of words is a unit row of log counts, without the unknown word", () => {
    const { vocabulary, documents } = encoded(["a a a b c", "b b"], { size: 2, least: 2 });
    const { data, shape } = bagOfWords(documents, vocabulary, 10);
    const length = Math.hypot(Math.log(4), Math.log(2));
    expect(shape).toEqual([2, 2]);
    expect([...data].map((v) => Number(v.toFixed(6)))).toEqual(
      [Math.log(4) / length, Math.log(2) / length, 0, 1].map((v) => Number(v.toFixed(6))),
    );
  });
});

describe("passages", () => {
  const { documents } = encoded(["aa bb. aa. aa bb. bb aa bb. aa.", "aa bb. bb.", "aa"], { least: 1 });

  test("documents are cut into passages of T sentences; too short ones are left out, and it is an error when none is left", () => {
    expect(passagesOf(documents, 3, 2)).toEqual([
      { document: 0, first: 0, sentences: 3 },
      { document: 0, first: 3, sentences: 2 },
      { document: 1, first: 0, sentences: 2 },
    ]);
    expect(passagesOf(documents, 3, 1)).toHaveLength(4);
    expect(() => passagesOf(documents.slice(2), 3, 2)).toThrow(/of 2 sentences or more, the longest has 1/);
  });

  test("a batch says which words and sentences there are, and which there are not", () => {
    const { index, length, episodes } = passageBatch(documents, passagesOf(documents, 3, 2).slice(1, 2), { B: 2, T: 3, W: 3 });
    const [a, b, stop] = [0, 1, 2].map((at) => documents[0]!.sentences[0]![at]!);
    expect([...length]).toEqual([3, 2, 0, 0, 0, 0]); // the fourth word is beyond W
    expect([...index]).toEqual([b, a, b, a, stop, NO_WORD, ...new Array(12).fill(NO_WORD)]);
    expect([...episodes]).toEqual([0, 0, NO_FRAME, NO_FRAME, NO_FRAME, NO_FRAME]);
  });

  test("a view of text is checked", () => {
    expect(passageConfig({ words: 8 })).toEqual({ kind: "passage", sentences: 12, words: 8, vocabulary: 5000 });
    expect(() => passageConfig({ sentences: 0 })).toThrow("view passage: sentences: expected an integer of 1 or more, got 0");
    expect(() => passageConfig({ word: 3 })).toThrow(/view passage: unknown option "word"/);
  });
});

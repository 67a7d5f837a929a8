import { describe, expect, test } from "vitest";
import { bagOfWords, corpusOf, type TextDocument } from "../../../src/data/text/corpus.ts";
import { mailText } from "../../../src/data/text/mail.ts";
import { passageBatch, passagesOf } from "../../../src/data/text/passages.ts";
import { UNKNOWN, Vocabulary, VocabularyBuilder } from "../../../src/data/text/vocabulary.ts";
import { sentencesOf, wordsOf } from "../../../src/data/text/words.ts";
import { FormatError, UsageError } from "../../../src/errors.ts";
import { NO_WORD } from "../../../src/ops/embedding.ts";

const NO_FRAME = 0xffffffff;
const document = (name: string, text: string, label: number | null = null): TextDocument => ({ name, text, label });
const textsOf = (...documents: TextDocument[]) => ({ name: "test", documents, classes: ["a", "b"] });

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

describe("corpus", () => {
  test("documents as numbers; a sentence that is too long goes on as the next one", () => {
    const corpus = corpusOf(textsOf(document("x", "Aa bb aa. Cc aa bb aa bb.", 1), document("y", "Aa bb!")), {
      size: 2,
      words: 3,
      least: 1,
    });
    const numbers = corpus.documents.map(({ sentences }) => sentences.map((ids) => [...ids]));
    expect(corpus.vocabulary.words).toEqual(["aa", "bb"]);
    expect(numbers).toEqual([[[1, 2, 1], [0], [0, 1, 2], [1, 2, 0]], [[1, 2, 0]]]);
    expect(corpus.unknown).toBeCloseTo(4 / 13, 12);
    expect(corpus.documents.map(({ name, label }) => [name, label])).toEqual([
      ["x", 1],
      ["y", null],
    ]);
  });

  test("an empty document is refused by its name, and so are no documents", () => {
    expect(() => corpusOf(textsOf(document("x", "Aa aa"), document("mail 7", " \n")))).toThrow(/mail 7: an empty document/);
    expect(() => corpusOf(textsOf())).toThrow(/test: no documents/);
  });

  test("a bag of words is a unit row of log counts, without the unknown word", () => {
    const corpus = corpusOf(textsOf(document("x", "a a a b c"), document("y", "b b")), { size: 2, least: 2 });
    const { data, shape } = bagOfWords(corpus, 10);
    const length = Math.hypot(Math.log(4), Math.log(2));
    expect(shape).toEqual([2, 2]);
    expect([...data].map((v) => Number(v.toFixed(6)))).toEqual(
      [Math.log(4) / length, Math.log(2) / length, 0, 1].map((v) => Number(v.toFixed(6))),
    );
  });
});

describe("passages", () => {
  const { documents } = corpusOf(
    textsOf(document("x", "aa bb. aa. aa bb. bb aa bb. aa."), document("y", "aa bb. bb."), document("z", "aa")),
    {
      least: 1,
    },
  );

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
});

import { UsageError } from "../../errors.ts";
import { checkNumber } from "../../options.ts";
import { type Vocabulary, VocabularyBuilder, type VocabularyOptions } from "./vocabulary.ts";
import { sentencesOf, wordsOf } from "./words.ts";

/** A text as it is read. */
export interface TextDocument {
  /** For people: a file name, a title. */
  readonly name: string;
  readonly text: string;
  /** Whose or what it is: documents of one group go to the same part of a split. Default: its own. */
  readonly group?: string;
  /** A place in the corpus' `classes`; null where it is of none. */
  readonly label: number | null;
}

/** Texts with their labels. */
export interface Texts {
  readonly name: string;
  readonly documents: readonly TextDocument[];
  readonly classes: readonly string[];
}

/** A document as numbers: the words of each sentence. No sentence is empty, and there is at least one. */
export interface EncodedDocument extends Omit<TextDocument, "text"> {
  readonly sentences: readonly Uint32Array[];
}

export interface Corpus {
  readonly name: string;
  readonly vocabulary: Vocabulary;
  readonly documents: readonly EncodedDocument[];
  readonly classes: readonly string[];
  /** Share of words that the vocabulary does not have. */
  readonly unknown: number;
}

export interface CorpusOptions extends VocabularyOptions {
  /** Words of a sentence at most; a longer one goes on as the next. Default 32. */
  readonly words?: number;
  /** Documents whose words make the vocabulary. Default: all. */
  readonly of?: ((document: TextDocument) => boolean) | undefined;
}

/**
 * Texts as numbers, in two passes: one counts words, one looks them up.
 * @throws UsageError when there is no document, or one without a word: names it
 */
export function corpusOf(
  { name, documents, classes }: Texts,
  { words: most = 32, of = () => true, ...options }: CorpusOptions = {},
): Corpus {
  checkNumber("corpus: words", most, { min: 1, integer: true });
  if (documents.length === 0) throw new UsageError(`${name}: no documents`);
  const builder = new VocabularyBuilder(options);
  for (const document of documents) if (of(document)) builder.add(wordsOf(document.text));
  const vocabulary = builder.finish();
  const encoded = documents.map((document) => encodeDocument(document, vocabulary, most));
  const count = (keep: (id: number) => boolean) =>
    encoded.reduce((sum, { sentences }) => sum + sentences.reduce((n, ids) => n + ids.filter(keep).length, 0), 0);
  return { name, vocabulary, documents: encoded, classes, unknown: count((id) => id === 0) / count(() => true) };
}

/** @throws UsageError when the text has no word */
export function encodeDocument({ text, ...document }: TextDocument, vocabulary: Vocabulary, most: number): EncodedDocument {
  const sentences = sentencesOf(text).flatMap((sentence) => {
    const ids = Uint32Array.from(wordsOf(sentence), (word) => vocabulary.id(word));
    return Array.from({ length: Math.ceil(ids.length / most) }, (_, i) => ids.subarray(i * most, (i + 1) * most));
  });
  if (sentences.length === 0) throw new UsageError(`${document.name}: an empty document: it has no word to learn from. Leave it out`);
  return { ...document, sentences };
}

/** How often each document has each of the most frequent words (the unknown one left out), as unit rows of log(1 + count): the baseline. */
export function bagOfWords(
  { documents, vocabulary }: Corpus,
  most: number,
): { readonly data: Float32Array<ArrayBuffer>; readonly shape: readonly [number, number] } {
  const D = Math.min(most, vocabulary.size - 1);
  const data = new Float32Array(documents.length * D);
  documents.forEach(({ sentences }, row) => {
    const own = data.subarray(row * D, (row + 1) * D);
    for (const ids of sentences) for (const id of ids) if (id > 0 && id <= D) own[id - 1] = (own[id - 1] ?? 0) + 1;
    own.forEach((n, i) => {
      own[i] = Math.log1p(n);
    });
    const length = Math.hypot(...own) || 1;
    own.forEach((n, i) => {
      own[i] = n / length;
    });
  });
  return { data, shape: [documents.length, D] };
}

import type { HostRows } from "../../bank/rows.ts";
import type { TextDataset } from "./texts.ts";
import { type Vocabulary, VocabularyBuilder, type VocabularyOptions } from "./vocabulary.ts";
import { sentencesOf, wordsOf } from "./words.ts";

/** A document as numbers: the words of each sentence. No sentence is empty, and there is at least one. */
export interface EncodedDocument {
  readonly sentences: readonly Uint32Array[];
}

/** The most frequent words of texts. @throws UsageError when no word is frequent enough */
export function vocabularyOf({ documents }: Pick<TextDataset, "documents">, options: VocabularyOptions = {}): Vocabulary {
  const builder = new VocabularyBuilder(options);
  for (const document of documents) builder.add(wordsOf(document));
  return builder.finish();
}

/** Documents as numbers. @param most words of a sentence; a longer one goes on as the next */
export function encodeTexts({ documents }: Pick<TextDataset, "documents">, vocabulary: Vocabulary, most: number): EncodedDocument[] {
  return documents.map((text) => {
    const sentences = sentencesOf(text).flatMap((sentence) => {
      const ids = Uint32Array.from(wordsOf(sentence), (word) => vocabulary.id(word));
      return Array.from({ length: Math.ceil(ids.length / most) }, (_, i) => ids.subarray(i * most, (i + 1) * most));
    });
    return { sentences };
  });
}

/** Share of words that the vocabulary does not have. */
export function unknownShare(documents: readonly EncodedDocument[]): number {
  const count = (keep: (id: number) => boolean) =>
    documents.reduce((sum, { sentences }) => sum + sentences.reduce((n, ids) => n + ids.filter(keep).length, 0), 0);
  return count((id) => id === 0) / count(() => true);
}

/**
 * How often each document has each of the most frequent words (the unknown one left out), as unit rows of log(1 + count): the baseline.
 * @param most words
 */
export function bagOfWords(
  documents: readonly EncodedDocument[],
  vocabulary: Vocabulary,
  most: number,
): HostRows & { data: Float32Array<ArrayBuffer> } {
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

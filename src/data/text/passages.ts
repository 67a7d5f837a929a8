import { UsageError } from "../../errors.ts";
import { NO_WORD } from "../../ops/embedding.ts";
import { checkNumber } from "../../options.ts";
import type { EncodedDocument } from "./corpus.ts";

/** T sentences of one document, from `first` on; fewer at its end. */
export interface Passage {
  readonly document: number;
  readonly first: number;
  readonly sentences: number;
}

/** Marks a sentence that does not exist. */
const NO_FRAME = 0xffffffff;

/**
 * Documents cut into passages of T sentences, one after the other, the last one shorter.
 * @param least passages of fewer sentences are left out: such a short one predicts nothing
 * @throws UsageError when no document has that many
 */
export function passagesOf(documents: readonly EncodedDocument[], T: number, least: number): Passage[] {
  checkNumber("passages: sentences", T, { min: 1, integer: true });
  const found = documents.flatMap(({ sentences }, document) =>
    Array.from({ length: Math.ceil(sentences.length / T) }, (_, i): Passage => {
      return { document, first: i * T, sentences: Math.min(T, sentences.length - i * T) };
    }).filter((passage) => passage.sentences >= least),
  );
  if (found.length > 0) return found;
  const most = documents.reduce((max, { sentences }) => Math.max(max, sentences.length), 0);
  throw new UsageError(
    `passages: expected documents of ${least} sentences or more, the longest has ${most}. Predict fewer steps, or take longer texts`,
  );
}

/** B passages as a step takes them. */
export interface PassageBatch {
  /** u32[B T W]: words, `NO_WORD` where there is none. */
  readonly index: Uint32Array<ArrayBuffer>;
  /** u32[B T]: words of each sentence, 0 where there is none. */
  readonly length: Uint32Array<ArrayBuffer>;
  /** u32[B, T]: the passage of each sentence; 0xffffffff where there is none. */
  readonly episodes: Uint32Array<ArrayBuffer>;
}

/** Fewer passages than B leave the rest empty. */
export function passageBatch(
  documents: readonly EncodedDocument[],
  passages: readonly Passage[],
  { B, T, W }: { readonly B: number; readonly T: number; readonly W: number },
): PassageBatch {
  const index = new Uint32Array(B * T * W).fill(NO_WORD);
  const [length, episodes] = [new Uint32Array(B * T), new Uint32Array(B * T).fill(NO_FRAME)];
  passages.forEach(({ document, first, sentences }, b) => {
    for (let t = 0; t < sentences; t++) {
      const words = documents[document]?.sentences[first + t]?.subarray(0, W) ?? new Uint32Array();
      index.set(words, (b * T + t) * W);
      length[b * T + t] = words.length;
      episodes[b * T + t] = b;
    }
  });
  return { index, length, episodes };
}

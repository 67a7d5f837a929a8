import { UsageError } from "../../errors.ts";
import type { Plan } from "../../gpu/plan.ts";
import type { TypedArray } from "../../gpu/readback.ts";
import type { Operand } from "../../gpu/slot.ts";
import { NO_WORD, type Words, wordPlaces } from "../../ops/embedding.ts";
import { checkNames, checkNumber } from "../../options.ts";
import type { EncodedDocument } from "./encode.ts";

/** How training samples are cut out of texts: `view` in a config of text. */
export interface PassageConfig {
  readonly kind: "passage";
  /** Sentences of a passage, T. Default 12. */
  readonly sentences: number;
  /** Words of a sentence at most, W; a longer one goes on as the next. Default 32. */
  readonly words: number;
  /** Words that are told apart, the most frequent ones of the training documents; all others are one. Default 5000. */
  readonly vocabulary: number;
}

const DEFAULTS: PassageConfig = { kind: "passage", sentences: 12, words: 32, vocabulary: 5000 };

/** @throws UsageError on an unknown option or a value out of range */
export function passageConfig(given: object): PassageConfig {
  const config = { ...DEFAULTS, ...given } as PassageConfig;
  checkNames("view passage", config, Object.keys(DEFAULTS));
  for (const name of ["sentences", "words", "vocabulary"] as const)
    checkNumber(`view passage: ${name}`, config[name], { min: 1, integer: true });
  return config;
}

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
    `passages: expected documents of ${least} sentences or more, the longest has ${most}. Skip fewer steps, or take longer texts`,
  );
}

/** Sizes of a step: passages B, their sentences T, words of a sentence W, and numbers that a word can have V. */
export interface PassageSizes {
  readonly B: number;
  readonly T: number;
  readonly W: number;
  readonly V: number;
}

/** Operands that the host fills in: passages as an encoder takes them. */
export interface PassageInputs {
  readonly words: Words;
  /** u32[B T]: words of each sentence. */
  readonly length: Operand;
  /** u32[B, T]: the passage of each sentence. */
  readonly episodes: Operand;
}

export function passageInputs(plan: Plan, { B, T, W, V }: PassageSizes): PassageInputs {
  const input = (label: string, shape: readonly number[]) => plan.input(label, shape, "u32");
  const words = { index: input("words", [B * T * W]), places: input("places", [B * T * W]), starts: input("starts", [V + 1]) };
  return { words, length: input("lengths", [B * T]), episodes: input("passages", [B, T]) };
}

/** What a run of the plan is given for some passages, up to B. */
export function passageValues(
  { words, length, episodes }: PassageInputs,
  documents: readonly EncodedDocument[],
  passages: readonly Passage[],
  sizes: PassageSizes,
): (readonly [Operand, TypedArray])[] {
  const batch = passageBatch(documents, passages, sizes);
  const { places, starts } = wordPlaces(batch.index, sizes.V);
  const of = (operand: Operand, data: TypedArray) => [operand, data] as const;
  return [
    ...[of(words.index, batch.index), of(words.places, places), of(words.starts, starts)],
    ...[of(length, batch.length), of(episodes, batch.episodes)],
  ];
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
  { B, T, W }: Omit<PassageSizes, "V">,
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

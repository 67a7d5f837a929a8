// "nearfar/text": contrastive prediction of the next sentences of texts, from characters to features.

export {
  bagOfWords,
  type Corpus,
  type CorpusOptions,
  corpusOf,
  type EncodedDocument,
  type TextDocument,
  type Texts,
} from "../data/text/corpus.ts";
export { mailText } from "../data/text/mail.ts";
export { type Passage, passageBatch, passagesOf } from "../data/text/passages.ts";
export { UNKNOWN, Vocabulary, VocabularyBuilder, type VocabularyOptions } from "../data/text/vocabulary.ts";
export { sentencesOf, wordsOf } from "../data/text/words.ts";
export { type CrossOptions, type CrossResult, crossValidate } from "../evaluate/cross_validate.ts";
export { type TextConfig, type TextEncoder, textEncoder } from "../nn/encoders/text.ts";
export { TEXT_DEFAULTS, type TextFeatures, type TextPoint, TextSession, type TextTraining } from "./text_session.ts";

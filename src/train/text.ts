// "nearfar/text": contrastive prediction of the next sentences of texts, from characters to features. `train` of the core takes its data sets.

export { bagOfWords, type EncodedDocument, encodeTexts, unknownShare, vocabularyOf } from "../data/text/encode.ts";
export { mailText } from "../data/text/mail.ts";
export { type Passage, type PassageConfig, passageBatch, passageConfig, passagesOf } from "../data/text/passages.ts";
export { splitTexts, type TextFolderOptions, type TextSplitOptions, textFolderFrom, textTableFrom } from "../data/text/text_folder.ts";
export { subsetOfTexts, type TextDataset, type TextParts, type TextTrainTest, textDataset } from "../data/text/texts.ts";
export { UNKNOWN, Vocabulary, VocabularyBuilder, type VocabularyOptions } from "../data/text/vocabulary.ts";
export { sentencesOf, wordsOf } from "../data/text/words.ts";
export { type CrossOptions, type CrossResult, crossValidate } from "../evaluate/cross_validate.ts";
export { TextEmbedder } from "../evaluate/embed_text.ts";
export {
  type PassageEncoder,
  type PassageEncoderConfig,
  passageEncoder,
  type TextConfig,
  type TextEncoder,
  textEncoder,
} from "../nn/encoders/text.ts";
export { TextSession } from "./text_session.ts";

import { bagOfWords } from "../data/text/encode.ts";
import { TextEmbedder } from "../evaluate/embed_text.ts";
import type { SequenceParts } from "./sequence_appraise.ts";
import type { TextSession } from "./text_session.ts";

/** Words of the bag-of-words baseline: the most frequent ones. */
const BAG = 2000;
/** Steps of a probe at least, about: few documents are few steps an epoch. */
const PROBE_STEPS = 300;
const RATES = [0.1, 0.3, 1, 3];

/** A run on text, or an encoder of one, is measured beside a bag of words. */
export function textParts({
  gpu,
  data,
  model,
  encoded,
  words,
}: Pick<TextSession, "gpu" | "data" | "model" | "encoded" | "words">): SequenceParts {
  const embedder = new TextEmbedder(gpu, model.encoder);
  const count = encoded.train.length;
  const batch = count < 1000 ? 64 : 256;
  return {
    data,
    headline: [],
    plain: "bag of words",
    probe: { rates: RATES, batch, epochs: Math.max(10, Math.round((PROBE_STEPS * batch) / count)) },
    plainRows: async () => ({ train: bagOfWords(encoded.train, words, BAG), test: bagOfWords(encoded.test, words, BAG) }),
    embed: (part) => embedder.embed(encoded[part]),
    close: () => embedder.close(),
  };
}

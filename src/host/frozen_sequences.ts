import type { SoundTrainTest } from "../data/sound.ts";
import { encodeTexts } from "../data/text/encode.ts";
import { passageConfig } from "../data/text/passages.ts";
import type { TextTrainTest } from "../data/text/texts.ts";
import { Vocabulary } from "../data/text/vocabulary.ts";
import { windowConfig } from "../data/windows.ts";
import { FormatError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { loadSoundParts } from "../train/parts.ts";
import type { SequenceParts } from "../train/sequence_appraise.ts";
import { soundParts } from "../train/sound_appraise.ts";
import { makeSoundModel } from "../train/sound_session.ts";
import { textParts } from "../train/text_appraise.ts";
import { loadTextParts, makeTextModel } from "../train/text_session.ts";
import { giveWeights, type Weights } from "../train/weights.ts";
import type { JobInputs } from "./jobs.ts";

/** The encoder of a run on sound or text that only embeds: as its run began, until it is given the weights. */
export interface FrozenSequences extends Omit<SequenceParts, "headline"> {
  /** Gives the encoder its weights. @throws FormatError when they do not fit */
  learn(): void;
}

/**
 * The encoder of a run on sound or text, beside clips or documents.
 * @param name what errors call the weights
 * @returns undefined for data of another kind
 * @throws UsageError for weights of another kind; FormatError when they say nothing of the words that they are for
 */
export async function openSequences(
  gpu: Gpu,
  weights: Weights,
  name: string,
  { sounds, texts }: Pick<JobInputs, "sounds" | "texts">,
): Promise<FrozenSequences | undefined> {
  const made = sounds ? await ofSound(gpu, weights, name, sounds) : texts && (await ofText(gpu, weights, name, texts));
  if (!made) return undefined;
  const { model, parts } = made;
  const close = () => {
    parts.close();
    model.parameters.destroy();
  };
  return { ...parts, learn: () => giveWeights(model, weights.values, weights.encoder.name, name), close };
}

async function ofSound(gpu: Gpu, { config }: Weights, name: string, data: SoundTrainTest) {
  if (config?.encoder.name !== "audio")
    throw new UsageError(`${name}: ${data.train.name} is sound: expected a checkpoint of a run on sound`);
  const { makeEncoder } = await loadSoundParts(config);
  const model = makeSoundModel(gpu, config, makeEncoder, data.train.rate);
  return { model, parts: soundParts({ gpu, data, model, window: windowConfig(config.view) }) };
}

/** Knows the words of its run. */
async function ofText(gpu: Gpu, { config, vocabulary }: Weights, name: string, data: TextTrainTest) {
  if (config?.encoder.name !== "text") throw new UsageError(`${name}: ${data.train.name} is text: expected a checkpoint of a run on text`);
  if (!vocabulary) throw new FormatError(`${name}: no "vocabulary" in its metadata: expected the words that the encoder knows`);
  const words = new Vocabulary(vocabulary);
  const model = makeTextModel(gpu, config, words.size, (await loadTextParts()).makeEncoder);
  const encode = (part: TextTrainTest["train"]) => encodeTexts(part, words, passageConfig(config.view).words);
  return { model, parts: textParts({ gpu, data, model, words, encoded: { train: encode(data.train), test: encode(data.test) } }) };
}

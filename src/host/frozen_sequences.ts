import type { SoundDataset } from "../data/sound.ts";
import { encodeTexts } from "../data/text/encode.ts";
import { passageConfig } from "../data/text/passages.ts";
import type { TextDataset } from "../data/text/texts.ts";
import { Vocabulary } from "../data/text/vocabulary.ts";
import { windowConfig } from "../data/windows.ts";
import { FormatError, ShapeError, UsageError } from "../errors.ts";
import { type ClipFeatures, SoundEmbedder } from "../evaluate/embed_sound.ts";
import { TextEmbedder } from "../evaluate/embed_text.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Parameters } from "../nn/parameters.ts";
import { loadSoundParts } from "../train/parts.ts";
import { makeSoundModel } from "../train/sound_session.ts";
import { loadTextParts, makeTextModel } from "../train/text_session.ts";
import type { Weights } from "../train/weights.ts";

/**
 * Features of clips by the encoder of a run on sound.
 * @param name what errors call the weights
 * @throws UsageError for weights of another kind; FormatError when they do not fit the encoder
 */
export async function soundFeatures(gpu: Gpu, weights: Weights, name: string, data: SoundDataset): Promise<ClipFeatures> {
  const { config } = weights;
  if (config?.encoder.name !== "audio") throw new UsageError(`${name}: ${data.name} is sound: expected a checkpoint of a run on sound`);
  const { makeEncoder } = await loadSoundParts(config);
  const model = makeSoundModel(gpu, config, makeEncoder, data.rate);
  const embedder = new SoundEmbedder(gpu, model.encoder, windowConfig(config.view));
  return frozen(model, weights, name, embedder, () => embedder.embed(data));
}

/** Features of documents by the encoder of a run on text, which knows the words of that run. @throws as `soundFeatures` */
export async function textFeatures(gpu: Gpu, weights: Weights, name: string, data: TextDataset): Promise<ClipFeatures> {
  const { config, vocabulary } = weights;
  if (config?.encoder.name !== "text") throw new UsageError(`${name}: ${data.name} is text: expected a checkpoint of a run on text`);
  if (!vocabulary) throw new FormatError(`${name}: no "vocabulary" in its metadata: expected the words that the encoder knows`);
  const words = new Vocabulary(vocabulary);
  const model = makeTextModel(gpu, config, words.size, (await loadTextParts()).makeEncoder);
  const embedder = new TextEmbedder(gpu, model.encoder);
  return frozen(model, weights, name, embedder, () => embedder.embed(encodeTexts(data, words, passageConfig(config.view).words)));
}

/** Features by an encoder with given weights; all is freed. */
async function frozen(
  { parameters, encoder }: { readonly parameters: Parameters; readonly encoder: { readonly config: object } },
  { values, encoder: { name: kind } }: Weights,
  name: string,
  embedder: { close(): void },
  embed: () => Promise<ClipFeatures>,
): Promise<ClipFeatures> {
  try {
    parameters.write(values);
    return await embed();
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new FormatError(`${name}: does not fit the encoder ${kind} ${JSON.stringify(encoder.config)}: ${error.message}`, {
      cause: error,
    });
  } finally {
    embedder.close();
    parameters.destroy();
  }
}

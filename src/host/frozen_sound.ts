import type { SoundDataset } from "../data/sound.ts";
import { windowConfig } from "../data/windows.ts";
import { FormatError, ShapeError, UsageError } from "../errors.ts";
import { type ClipFeatures, SoundEmbedder } from "../evaluate/embed_sound.ts";
import type { Gpu } from "../gpu/device.ts";
import { loadSoundParts } from "../train/parts.ts";
import { makeSoundModel } from "../train/sound_session.ts";
import type { Weights } from "../train/weights.ts";

/**
 * Features of clips by the encoder of a run on sound.
 * @param name what errors call the weights
 * @throws UsageError for weights of another kind; FormatError when they do not fit the encoder
 */
export async function soundFeatures(gpu: Gpu, weights: Weights, name: string, data: SoundDataset): Promise<ClipFeatures> {
  const { config, values } = weights;
  if (config?.encoder.name !== "audio") throw new UsageError(`${name}: ${data.name} is sound: expected a checkpoint of a run on sound`);
  const { makeEncoder } = await loadSoundParts(config);
  const { parameters, encoder } = makeSoundModel(gpu, config, makeEncoder, data.rate);
  const embedder = new SoundEmbedder(gpu, encoder, windowConfig(config.view));
  try {
    parameters.write(values);
    return await embedder.embed(data);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new FormatError(`${name}: does not fit the encoder audio ${JSON.stringify(encoder.config)}: ${error.message}`, { cause: error });
  } finally {
    embedder.close();
    parameters.destroy();
  }
}

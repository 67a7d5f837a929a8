import { SoundEmbedder } from "../evaluate/embed_sound.ts";
import { logMelRows } from "../evaluate/log_mel.ts";
import { CLIP_PROBE } from "../evaluate/sound_measures.ts";
import type { SequenceParts } from "./sequence_appraise.ts";
import type { SoundSession } from "./sound_session.ts";

/** A run on sound, or an encoder of one, is measured beside the mean log-mel spectrum. */
export function soundParts({ gpu, data, model, window }: Pick<SoundSession, "gpu" | "data" | "model" | "window">): SequenceParts {
  const embedder = new SoundEmbedder(gpu, model.encoder, window);
  return {
    data,
    headline: ["voice", "speaker"],
    plain: "mean log-mel",
    probe: CLIP_PROBE,
    plainRows: async () => ({ train: await logMelRows(data.train), test: await logMelRows(data.test) }),
    embed: (part) => embedder.embed(data[part]),
    close: () => embedder.close(),
  };
}

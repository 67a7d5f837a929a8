import { SoundEmbedder } from "../evaluate/embed_sound.ts";
import { logMelRows } from "../evaluate/log_mel.ts";
import type { SequenceParts } from "./sequence_appraise.ts";
import type { SoundSession } from "./sound_session.ts";

/** A run on sound is measured beside the mean log-mel spectrum. */
export function soundParts(session: SoundSession): SequenceParts {
  const { gpu, data, model, window } = session;
  const embedder = new SoundEmbedder(gpu, model.encoder, window);
  return {
    data,
    headline: ["voice", "speaker"],
    plain: "mean log-mel",
    plainRows: async () => ({ train: await logMelRows(data.train), test: await logMelRows(data.test) }),
    embed: (part) => embedder.embed(data[part]),
    close: () => embedder.close(),
  };
}

import { holdOut } from "../data/hold_out.ts";
import { type SoundTrainTest, soundDataset, subsetOfSound } from "../data/sound.ts";
import { UsageError } from "../errors.ts";

/** Something that the visitor recorded or opened: mono, in [-1, 1], `RATE` samples a second. */
export interface Recording {
  readonly name: string;
  readonly samples: Float32Array;
}

/** Samples per second: a telephone's, enough to tell voices and words apart. */
export const RATE = 8000;
/** Samples of a clip: one second. */
const CLIP = RATE;
/** Seconds in all below which there is nothing to predict and nothing to compare with. */
export const SHORTEST = 10;
/** Of five clips of a recording, one is held out. */
const EVERY = 5;

/** Whole clips in recordings. */
export const clipsIn = (recordings: readonly Recording[]): number =>
  recordings.reduce((sum, { samples }) => sum + Math.floor(samples.length / CLIP), 0);

/**
 * Recordings cut into clips of a second; every fifth of each recording is held out. What the end of a recording leaves over is dropped.
 * The only label is which recording a clip is of, where there are several.
 * @throws UsageError when there is too little sound
 */
export function soundsOf(recordings: readonly Recording[]): SoundTrainTest {
  const count = clipsIn(recordings);
  if (count < SHORTEST) throw new UsageError(`Sounds: ${count} seconds so far: expected at least ${SHORTEST}. Record or open more.`);
  const pieces = recordings.flatMap(({ name, samples }, id) =>
    Array.from({ length: Math.floor(samples.length / CLIP) }, (_, second) => ({
      id,
      name: `${name}, second ${second + 1}`,
      clip: samples.subarray(second * CLIP, (second + 1) * CLIP),
    })),
  );
  const ids = Uint32Array.from(pieces, ({ id }) => id);
  // Of a single recording there is nothing to tell apart.
  const labels = recordings.length > 1 ? { recording: { ids, names: recordings.map(({ name }) => name) } } : {};
  const clips = pieces.map(({ clip }) => clip);
  const all = soundDataset({ name: "sound", rate: RATE, clips, clipNames: pieces.map(({ name }) => name), labels });
  const { train, test } = holdOut(ids, EVERY, "sound", "clips");
  return { train: subsetOfSound(all, train, "sound"), test: subsetOfSound(all, test, "sound, held out") };
}

import { labelsOf, type SoundDataset, type SoundTrainTest, soundDataset, subsetOfSound } from "../../src/data/sound.ts";
import { Purpose, randomBelow, randomF32, randomStream } from "../../src/random.ts";

const RATE = 8000;
const VOICES = [
  { voice: "aa_Ann", speaker: "Ann", language: "aa", overtone: 0.7 },
  { voice: "bb_Ann", speaker: "Ann", language: "bb", overtone: 0.7 },
  { voice: "bb_Bob", speaker: "Bob", language: "bb", overtone: 0 },
];

/** Tunes, to learn from without a file: a prompt is a row of notes of 60 ms, a voice adds its overtone; with a little noise. */
export function tunes(prompts = 24): SoundDataset {
  const stream = randomStream(7, Purpose.synthetic);
  const all = VOICES.flatMap((voice) => Array.from({ length: prompts }, (_, p) => ({ ...voice, p })));
  const clips = all.map(({ overtone, p }, i) => {
    const notes = 3 + (p % 5);
    const sound = new Float32Array(480 * notes);
    sound.forEach((_, at) => {
      const pitch = 300 * 2 ** (randomBelow(12, stream, p, Math.floor(at / 480), 0) / 6);
      const phase = (2 * Math.PI * pitch * at) / RATE;
      sound[at] = 0.3 * Math.sin(phase) + 0.3 * overtone * Math.sin(3 * phase) + 0.02 * (randomF32(stream, i, at, 1) - 0.5);
    });
    return sound;
  });
  const label = (of: (clip: (typeof all)[number]) => string) => labelsOf(all.map(of));
  return soundDataset({
    name: "tunes",
    rate: RATE,
    clips,
    clipNames: all.map(({ voice, p }) => `${voice}/${p}`),
    labels: {
      voice: label(({ voice }) => voice),
      speaker: label(({ speaker }) => speaker),
      language: label(({ language }) => language),
      prompt: label(({ p }) => `tune ${String(p).padStart(2, "0")}`),
    },
  });
}

/** The same with every fourth prompt held out. */
export function tunesData(prompts = 24, kept: readonly string[] = ["voice", "speaker", "language", "prompt"]): SoundTrainTest {
  const whole = tunes(prompts);
  const all = { ...whole, labels: Object.fromEntries(Object.entries(whole.labels).filter(([name]) => kept.includes(name))) };
  const part = (held: boolean) => Uint32Array.from(all.lengths.keys()).filter((clip) => ((clip % prompts) % 4 === 3) === held);
  return { train: subsetOfSound(all, part(false), "tunes/train"), test: subsetOfSound(all, part(true), "tunes/test") };
}

/** A run that takes seconds: windows of ten frames. */
export const tinySound = {
  objective: { name: "cpc", steps: 2, negatives: "sequence" },
  encoder: { name: "audio", width: 8, units: 8 },
  view: { kind: "window", samples: 1600, level: "rms" },
  schedule: { kind: "constant", rate: 0.003 },
  batch: 8,
  epochs: 2,
  evaluate: { every: 2, k: 5, temperature: 0.1 },
} as const;

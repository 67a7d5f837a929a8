import { UsageError } from "../errors.ts";
import { checkChoice, checkNames, checkNumber } from "../options.ts";
import { Purpose, permutation, randomBelow, randomStream, randomU32 } from "../random.ts";
import { gather } from "./dataset.ts";
import type { SoundDataset } from "./sound.ts";

/** How training samples are cut out of clips: `view` in a config of sound. */
export interface WindowConfig {
  readonly kind: "window";
  /** Samples of a window. Default 20,480, the paper's. */
  readonly samples: number;
  /**
   * Of a clip shorter than a window: silence is added, whose frames are neither predicted nor contrasted with (`pad`, default); it is left
   * out (`skip`); or it is an error (`refuse`).
   */
  readonly short: "pad" | "skip" | "refuse";
  /** `rms`: the mean is taken off every window and its root mean square becomes 1, so that loudness tells nothing; `none` (default): as recorded. */
  readonly level: "rms" | "none";
  /** Windows of all speakers in a batch (`mixed`), or a batch of one `speaker` each. Default: by speaker where negatives come from the same one. */
  readonly batches?: "mixed" | "speaker" | undefined;
  /** Labels that say who speaks. Default "speaker". */
  readonly speaker: string;
}

const DEFAULTS: WindowConfig = { kind: "window", samples: 20_480, short: "pad", level: "none", speaker: "speaker" };

/** @throws UsageError on an unknown option or a value out of range */
export function windowConfig(given: object): WindowConfig {
  const config = { ...DEFAULTS, ...given } as WindowConfig;
  checkNames("view window", config, [...Object.keys(DEFAULTS), "batches"]);
  checkNumber("view window: samples", config.samples, { min: 1, integer: true });
  checkChoice("view window: short", config.short, ["pad", "skip", "refuse"]);
  checkChoice("view window: level", config.level, ["rms", "none"]);
  checkChoice("view window: batches", config.batches ?? "mixed", ["mixed", "speaker"]);
  if (typeof config.speaker !== "string") throw new UsageError(`view window: speaker: expected the name of labels, got ${config.speaker}`);
  return config;
}

/** Windows of one training step. */
export interface WindowStep {
  /** Counted from 0. */
  readonly epoch: number;
  /** [B] clips, of which one can be there several times. */
  readonly clips: Uint32Array;
  /** [B] first sample of each window. */
  readonly starts: Uint32Array;
}

export interface WindowLoaderOptions {
  /** Samples of each clip, [N]. */
  readonly lengths: Uint32Array;
  /** Samples of a window. */
  readonly samples: number;
  /** Windows a step B. */
  readonly batch: number;
  readonly seed: number;
  /** Who speaks in each clip, [N]: a batch is then of one speaker. */
  readonly speakers?: Uint32Array | undefined;
  /** Clips to leave out. */
  readonly without?: ReadonlySet<number> | undefined;
}

/**
 * Which windows each training step sees: a pure function of (options, step), as `Loader`. In an epoch every clip has as many windows as
 * fit side by side, at least one, in a fresh order; where in the clip one starts is drawn for every step anew.
 */
export class WindowLoader {
  readonly stepsPerEpoch: number;
  /** Windows an epoch, those dropped at its end included. */
  readonly windows: number;
  /** The clip of each window of an epoch, speaker by speaker. */
  readonly #groups: readonly Uint32Array[];
  #order: { readonly epoch: number; readonly batches: readonly Uint32Array[] } | undefined;

  /** @throws UsageError when a batch is larger than an epoch, or than what a speaker has */
  constructor(private readonly options: WindowLoaderOptions) {
    const { lengths, samples, batch, seed, speakers, without } = options;
    checkNumber("windows: batch", batch, { min: 1, integer: true });
    checkNumber("windows: seed", seed, { min: 0, max: 2 ** 32 - 1, integer: true });
    const groups = new Map<number, number[]>();
    lengths.forEach((length, clip) => {
      if (without?.has(clip)) return;
      const speaker = speakers?.[clip] ?? 0;
      const own = groups.get(speaker) ?? [];
      for (let i = Math.max(1, Math.floor(length / samples)); i > 0; i--) own.push(clip);
      groups.set(speaker, own);
    });
    for (const [speaker, own] of groups) {
      if (own.length >= batch) continue;
      const whose = speakers ? `of speaker ${speaker}` : "in an epoch";
      throw new UsageError(
        `batch: expected at most ${own.length}, the number of windows ${whose}, got ${batch}. Take shorter windows, or fewer`,
      );
    }
    this.#groups = [...groups.values()].map((own) => Uint32Array.from(own));
    this.windows = this.#groups.reduce((sum, { length }) => sum + length, 0);
    this.stepsPerEpoch = this.#groups.reduce((sum, { length }) => sum + Math.floor(length / batch), 0);
  }

  /** The windows of step `step`, counted from 0 over all epochs. */
  at(step: number): WindowStep {
    const { lengths, samples, seed } = this.options;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const clips = this.#batches(epoch)[step % this.stepsPerEpoch] ?? new Uint32Array();
    const stream = randomStream(seed, Purpose.augment);
    const starts = clips.map((clip, i) => randomBelow(Math.max(1, (lengths[clip] ?? 0) - samples + 1), stream, step, i, 0));
    return { epoch, clips, starts };
  }

  #batches(epoch: number): readonly Uint32Array[] {
    if (this.#order?.epoch === epoch) return this.#order.batches;
    const { batch, seed } = this.options;
    const own = (i: number) => randomU32(randomStream(seed, Purpose.shuffle), epoch, 1, i); // a seed for each permutation
    const batches = this.#groups.flatMap((clips, i) => {
      const order = permutation(clips.length, own(i), epoch);
      const count = Math.floor(clips.length / batch);
      return Array.from({ length: count }, (_, b) => gather(clips, 1, order.subarray(b * batch, (b + 1) * batch)));
    });
    const order = permutation(batches.length, own(this.#groups.length), epoch);
    const mixed = Array.from(order, (b) => batches[b] ?? new Uint32Array());
    this.#order = { epoch, batches: mixed };
    return mixed;
  }
}

/** Samples [start, start + samples) of a clip; where the clip ends before, zeros follow. */
export async function readWindow(
  data: SoundDataset,
  clip: number,
  start: number,
  { samples, level }: Pick<WindowConfig, "samples" | "level">,
): Promise<Float32Array> {
  const length = Math.min(samples, (data.lengths[clip] ?? 0) - start);
  const read = await data.read(clip, start, length);
  const sound = level === "rms" ? levelled(read) : read;
  if (length === samples) return sound;
  const padded = new Float32Array(samples);
  padded.set(sound);
  return padded;
}

/** Without its mean, at a root mean square of 1. Digital silence stays silent. */
function levelled(sound: Float32Array): Float32Array {
  const mean = sound.reduce((sum, v) => sum + v, 0) / sound.length;
  const power = sound.reduce((sum, v) => sum + (v - mean) ** 2, 0) / sound.length;
  const gain = 1 / Math.sqrt(power + 1e-8); // a level of -80 dB is noise
  return sound.map((v) => (v - mean) * gain);
}

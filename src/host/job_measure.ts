import { type ImageDataset, imageDataset } from "../data/images.ts";
import { multiViewDataset } from "../data/multi_view.ts";
import { lazySound } from "../data/sound.ts";
import { passageConfig } from "../data/text/passages.ts";
import { textDataset } from "../data/text/texts.ts";
import { windowConfig } from "../data/windows.ts";
import type { Gpu } from "../gpu/device.ts";
import type { MemoryReport } from "../gpu/memory.ts";
import { Purpose, randomBelow, randomF32, randomStream, randomU32 } from "../random.ts";
import type { TrainConfig } from "../train/config.ts";
import { countOf, type ImageSet, type PassageSet, type SampleSet, type WindowSet } from "../train/cost.ts";
import { openSession, type RunData, type RunSession } from "../train/run_session.ts";
import type { JobInputs } from "./jobs.ts";

/** Times training steps on images of noise: what a recipe costs here, without its data. */
export interface MeasureJob {
  readonly kind: "measure";
  readonly config: TrainConfig;
  /** How many images to generate, and their size; or how many windows of sound or passages of text. */
  readonly images: SampleSet;
  /** Steps that are timed, after one that is not. */
  readonly steps: number;
}

export interface MeasureDone {
  readonly event: "measured";
  readonly adapter: string;
  readonly software: boolean;
  /** Images generated: the rows of a memory bank. */
  readonly images: number;
  readonly batch: number;
  readonly launches: number;
  /** Steps timed, and their mean. */
  readonly steps: number;
  readonly secondsPerStep: number;
  readonly imagesPerSecond: number;
  readonly flopsPerStep: number;
  readonly flopsPerSecond: number;
  /** Bytes on the device while training. */
  readonly memory: MemoryReport;
}

/** Images that nothing is learned from. */
const HELD_OUT = 16;
/** Bytes of noise that are repeated: convolutions take the same time over any numbers. */
const TILE = 2 ** 16;

/** @throws UsageError, OutOfGpuMemoryError as training itself; the signal's reason when it is stopped */
export async function runMeasure(gpu: Gpu, { config, images, steps }: MeasureJob, { signal }: JobInputs): Promise<MeasureDone> {
  const session = await openSession(gpu, config, noiseOf(config, images));
  try {
    const memory = session.plan.memory();
    await session.plan.open();
    const seconds = await time(session, steps, signal);
    const flopsPerStep = session.plan.launches.reduce((sum, { flops }) => sum + flops, 0);
    return {
      event: "measured",
      adapter: gpu.name,
      software: gpu.adapter.software,
      images: countOf(images).count,
      batch: config.batch,
      launches: session.plan.launches.length,
      steps,
      secondsPerStep: seconds / steps,
      imagesPerSecond: (config.batch * steps) / seconds,
      flopsPerStep,
      flopsPerSecond: (flopsPerStep * steps) / seconds,
      memory,
    };
  } finally {
    session.close();
  }
}

/** Seconds of `steps` steps, after one in which the driver finishes what it put off. */
async function time(session: RunSession, steps: number, signal: AbortSignal): Promise<number> {
  await session.step(0);
  await session.plan.pace(0);
  const start = performance.now();
  for (let step = 1; step <= steps; step++) {
    signal.throwIfAborted();
    await session.step(step);
  }
  await session.plan.pace(0);
  return (performance.now() - start) / 1000;
}

function noiseOf(config: TrainConfig, samples: SampleSet): RunData {
  if ("windows" in samples) return noiseSound(config, samples);
  return "passages" in samples ? noiseText(config, samples) : noiseImages(samples);
}

/** One document of so many passages: sentences half as long as they may be, of words drawn from the vocabulary. */
function noiseText({ view }: TrainConfig, { passages }: PassageSet): RunData {
  const { sentences, words, vocabulary } = passageConfig(view);
  const stream = randomStream(1, Purpose.synthetic);
  const length = Math.ceil(words / 2);
  const word = (s: number, w: number) => lettersOf(randomBelow(vocabulary, stream, s, w, 0));
  const sentence = (s: number) => Array.from({ length }, (_, w) => word(s, w)).join(" ");
  const text = Array.from({ length: passages * sentences }, (_, s) => sentence(s)).join("\n\n");
  const noise = textDataset({ name: "noise", documents: [text] });
  return { train: noise, test: noise };
}

/** A number as a word of letters. */
const lettersOf = (n: number): string =>
  Array.from(n.toString(26), (digit) => String.fromCharCode(97 + Number.parseInt(digit, 26))).join("");

const noiseImages = (images: ImageSet): RunData => ({
  train: noise("noise/train", images),
  test: noise("noise/test", { ...images, count: HELD_OUT }),
});

/** One clip, cut into windows of noise; another that is shorter than a window, where the set has such. */
function noiseSound({ view }: TrainConfig, { windows, padded }: WindowSet): RunData {
  const { samples } = windowConfig(view);
  const stream = randomStream(1, Purpose.synthetic);
  const bytes = Float32Array.from({ length: TILE }, (_, i) => randomF32(stream, i, 0, 0) - 0.5);
  const lengths = Uint32Array.from(padded ? [(windows - 1) * samples, Math.ceil(samples / 2)] : [windows * samples]);
  const clipNames = Array.from(lengths, (_, i) => `noise ${i}`);
  const labels = { speaker: { ids: new Uint32Array(lengths.length), names: ["noise"] } };
  const read = async (_: number, from: number, length: number) => Float32Array.from({ length }, (_, i) => bytes[(from + i) % TILE] ?? 0);
  const clips = lazySound({ name: "noise", rate: 16_000, lengths, clipNames, labels }, read);
  return { train: clips, test: clips };
}

function noise(name: string, { count, channels, height, width, views }: ImageSet): ImageDataset {
  const shape = { channels, height, width };
  const made = (seed: number) => noisePixels(count * channels * height * width, seed);
  if (!views) return imageDataset({ name, ...shape, pixels: made(1) });
  const viewOf = (view: string, pixels: Uint8Array) => ({ name: view, ...shape, pixels: () => pixels });
  return multiViewDataset({ name, views: views.map((view, v) => viewOf(view, made(1 + v))) });
}

function noisePixels(length: number, seed: number): Uint8Array {
  const pixels = new Uint8Array(length);
  const stream = randomStream(seed, Purpose.synthetic);
  const known = Math.min(TILE, pixels.length);
  for (let i = 0; i < known; i++) pixels[i] = randomU32(stream, i, 0, 0) & 255;
  for (let filled = known; filled < pixels.length; filled *= 2) pixels.copyWithin(filled, 0, Math.min(filled, pixels.length - filled));
  return pixels;
}

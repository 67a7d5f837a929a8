import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import { UsageError } from "../errors.ts";
import type { HeadSetting } from "../evaluate/heads.ts";
import { type LabelledRows, type ProbeOptions, probe } from "../evaluate/probe.ts";
import type { Gpu } from "../gpu/device.ts";
import { featuresOf, pixelsSeen, type WeightsJob, weightsIn } from "./frozen_encoder.ts";
import { dataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

export interface ProbeJob extends WeightsJob {
  readonly kind: "probe";
  readonly options: ProbeOptions;
  /** Whether raw pixels and the untrained encoder are measured too. */
  readonly baselines: boolean;
}

/** `ProbeResult` as plain data. */
export interface ProbeFigures {
  readonly top1: number;
  readonly top5: number;
  /** Null where no test image is of the class. */
  readonly perClass: readonly (number | null)[];
  readonly rate: number;
  readonly decay: number;
  /** On held-out training images; a loss of null: diverged. */
  readonly trials: readonly (HeadSetting & { readonly top1: number; readonly loss: number | null })[];
  /** Numbers in a row of features. */
  readonly dim: number;
  /** Of the probe itself, its features not counted. */
  readonly seconds: number;
}

/** The one line of `nearfar probe`. */
export interface ProbeDone extends ProbeFigures {
  readonly event: "done";
  readonly baseline: { readonly pixels: ProbeFigures; readonly untrained: ProbeFigures } | null;
  readonly images: { readonly train: number; readonly test: number };
  readonly classes: readonly string[] | null;
  /** Of computing the encoder's features. */
  readonly embedding: number;
  readonly adapter: string;
}

/** Linear probe of the encoder's features and, unless not wanted, of raw pixels and of the untrained encoder: all with one procedure. */
export async function runProbe(gpu: Gpu, job: ProbeJob, { folder, data, signal, emit }: JobInputs): Promise<ProbeDone> {
  const { train, test } = await dataOf(gpu, job.data, data);
  const [labels, truth] = [labelsOf(train), labelsOf(test)];
  const weights = await weightsIn(folder, job);
  const figures = async (what: string, rows: () => Promise<readonly HostRows[]>) => {
    signal.throwIfAborted();
    emit({ event: "status", message: what });
    const embedding = performance.now();
    const [candidates, queries] = await rows();
    if (!candidates || !queries) throw new UsageError("a linear probe needs training and test images");
    const started = performance.now();
    const own = await probeFigures(gpu, { rows: candidates, labels }, { rows: queries, labels: truth }, job.options);
    return { own, embedding: (started - embedding) / 1000 };
  };
  const { own, embedding } = await figures("the encoder", () => featuresOf(gpu, weights, job.name, [train, test]));
  const baseline = job.baselines && {
    pixels: (await figures("raw pixels", async () => [pixelsSeen(train, job.given.of), pixelsSeen(test, job.given.of)])).own,
    untrained: (await figures("the untrained encoder", () => featuresOf(gpu, weights, job.name, [train, test], true))).own,
  };
  const images = { train: train.length, test: test.length };
  return { event: "done", ...own, baseline: baseline || null, images, classes: test.classes ?? null, embedding, adapter: gpu.name };
}

/** A linear probe, as plain data. @throws as `probe` */
export async function probeFigures(gpu: Gpu, train: LabelledRows, test: LabelledRows, options: ProbeOptions): Promise<ProbeFigures> {
  const started = performance.now();
  const { top1, top5, perClass, chosen, trials } = await probe(gpu, train, test, options);
  const plain = trials.map((trial) => ({ ...trial, loss: Number.isFinite(trial.loss) ? trial.loss : null }));
  const seconds = (performance.now() - started) / 1000;
  return { top1, top5, perClass, ...chosen, trials: plain, dim: train.rows.shape[1], seconds };
}

/** @throws UsageError when the images have no labels */
export function labelsOf({ name, labels }: ImageDataset): Uint32Array {
  if (!labels) throw new UsageError(`${name}: has no labels, and this measure needs them`);
  return labels;
}

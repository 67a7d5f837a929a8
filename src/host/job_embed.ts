import type { HostRows } from "../bank/rows.ts";
import { NonFiniteError, UsageError } from "../errors.ts";
import type { ClipFeatures } from "../evaluate/embed_sound.ts";
import { writeNpy } from "../formats/npy.ts";
import type { Gpu } from "../gpu/device.ts";
import { featuresOf, type WeightsJob, weightsIn } from "./frozen_encoder.ts";
import { type FrozenSequences, openSequences } from "./frozen_sequences.ts";
import { dataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

/** The file that an embedding job writes. */
export const FEATURES = "features.npy";

export interface EmbedJob extends WeightsJob {
  readonly kind: "embed";
  readonly split: "train" | "test";
  /** Of sound and text: what a clip or document is summed up by. Default: mean context. */
  readonly features?: keyof ClipFeatures | undefined;
}

/** The one line of `nearfar embed`. */
export interface EmbedDone {
  readonly event: "done";
  readonly rows: number;
  readonly dim: number;
  readonly seconds: number;
  readonly adapter: string;
}

/**
 * Writes the features [N, D] f32 of one part of the data, in its order, as `FEATURES`: of images unit rows, of clips and documents as they are.
 * @throws FormatError when the weights are damaged or do not fit the encoder; NonFiniteError, and then nothing was written
 */
export async function runEmbed(gpu: Gpu, job: EmbedJob, inputs: JobInputs): Promise<EmbedDone> {
  const started = performance.now();
  const { folder } = inputs;
  if (!folder) throw new UsageError("embedding needs weights");
  const rows = await rowsOf(gpu, job, inputs);
  const [N, dim] = rows.shape;
  await folder.write(FEATURES, writeNpy({ dtype: "<f4", shape: [N, dim], data: Float32Array.from(rows.data) }));
  const seconds = (performance.now() - started) / 1000;
  return { event: "done", rows: N, dim, seconds, adapter: gpu.name };
}

async function rowsOf(gpu: Gpu, job: EmbedJob, inputs: JobInputs): Promise<HostRows> {
  const weights = await weightsIn(inputs.folder, job);
  const sequences = await openSequences(gpu, weights, job.name, inputs);
  if (sequences) return sequenceRows(sequences, job);
  const [rows] = await featuresOf(gpu, weights, job.name, [(await dataOf(gpu, job.data, inputs.data))[job.split]]);
  if (!rows) throw new UsageError("embedding needs images");
  return rows;
}

async function sequenceRows(encoder: FrozenSequences, { split, features = "mean context", name }: EmbedJob): Promise<HostRows> {
  try {
    encoder.learn();
    return finite((await encoder.embed(split))[features], name);
  } finally {
    encoder.close();
  }
}

function finite(rows: HostRows, name: string): HostRows {
  const bad = rows.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new NonFiniteError(`${name}: the feature of sample ${Math.floor(bad / rows.shape[1])} is not finite`);
  return rows;
}

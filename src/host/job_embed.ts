import { UsageError } from "../errors.ts";
import { writeNpy } from "../formats/npy.ts";
import type { Gpu } from "../gpu/device.ts";
import { featuresOf, type WeightsJob, weightsIn } from "./frozen_encoder.ts";
import { dataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

/** The file that an embedding job writes. */
export const FEATURES = "features.npy";

export interface EmbedJob extends WeightsJob {
  readonly kind: "embed";
  readonly split: "train" | "test";
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
 * Writes the features [N, D] f32 of one part of the data, in its order, as `FEATURES`.
 * @throws FormatError when the weights are damaged or do not fit the encoder; NonFiniteError, and then nothing was written
 */
export async function runEmbed(gpu: Gpu, job: EmbedJob, { folder, data }: JobInputs): Promise<EmbedDone> {
  const started = performance.now();
  if (!folder) throw new UsageError("embedding needs weights");
  const images = (await dataOf(gpu, job.data, data))[job.split];
  const [rows] = await featuresOf(gpu, await weightsIn(folder, job), job.name, [images]);
  if (!rows) throw new UsageError("embedding needs images");
  const [N, dim] = rows.shape;
  await folder.write(FEATURES, writeNpy({ dtype: "<f4", shape: [N, dim], data: Float32Array.from(rows.data) }));
  const seconds = (performance.now() - started) / 1000;
  return { event: "done", rows: N, dim, seconds, adapter: gpu.name };
}

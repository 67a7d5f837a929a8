import { makeResident } from "../data/views/resident.ts";
import { evaluationView } from "../data/views/view.ts";
import { FormatError, NonFiniteError, ShapeError, UsageError } from "../errors.ts";
import { embed } from "../evaluate/embed.ts";
import { writeNpy } from "../formats/npy.ts";
import type { Gpu } from "../gpu/device.ts";
import { type DataConfig, DEFAULTS } from "../train/config.ts";
import { makeModel } from "../train/session.ts";
import { readWeights, type WeightsOptions } from "../train/weights.ts";
import { dataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

/** The file that an embedding job reads in its folder, and the one that it writes. */
export const WEIGHTS = "weights.safetensors";
export const FEATURES = "features.npy";

export interface EmbedJob {
  readonly kind: "embed";
  readonly split: "train" | "test";
  /** What errors call the weights. */
  readonly name: string;
  readonly given: WeightsOptions;
  /** What the images are, for those that the job makes. */
  readonly data: DataConfig;
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
 * @throws FormatError when the weights are damaged or do not fit the encoder: names every tensor that is missing, extra or
 * mis-shaped
 */
export async function runEmbed(gpu: Gpu, { split, name, given, data: config }: EmbedJob, { folder, data }: JobInputs): Promise<EmbedDone> {
  const started = performance.now();
  const bytes = await folder?.read(WEIGHTS);
  if (!folder || !bytes) throw new UsageError("embedding needs weights");
  const images = (await dataOf(gpu, config, data))[split];
  const { encoder: architecture, view, values } = readWeights(bytes, name, given);
  const shown = evaluationView(view);
  const { channels } = images;
  const [height, width] = ("size" in view && view.size) || [images.height, images.width];
  const { parameters, encoder } = makeModel(gpu, { ...DEFAULTS, encoder: architecture }, { channels, height, width });
  const resident = makeResident(gpu, images);
  try {
    try {
      parameters.write(values);
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      const options = JSON.stringify(encoder.config);
      throw new FormatError(`${name}: does not fit the encoder ${architecture.name} ${options}: ${error.message}`, { cause: error });
    }
    const features = await embed(gpu, (tape, x) => encoder.forward(tape, x), resident, { view: shown });
    const bad = features.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new NonFiniteError(`${name}: the feature of image ${Math.floor(bad / encoder.dim)} is not finite; nothing was written`);
    await folder.write(FEATURES, writeNpy({ dtype: "<f4", shape: [images.length, encoder.dim], data: Float32Array.from(features) }));
    const seconds = (performance.now() - started) / 1000;
    return { event: "done", rows: images.length, dim: encoder.dim, seconds, adapter: gpu.name };
  } finally {
    resident.store.destroy();
    parameters.destroy();
  }
}

import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import { makeResident } from "../data/views/resident.ts";
import { evaluationView, viewSize } from "../data/views/view.ts";
import { FormatError, NonFiniteError, ShapeError, UsageError } from "../errors.ts";
import { embed } from "../evaluate/embed.ts";
import type { Gpu } from "../gpu/device.ts";
import { DEFAULTS } from "../train/config.ts";
import type { DataConfig } from "../train/data_config.ts";
import type { RunFolder } from "../train/folder.ts";
import { type Model, makeModel } from "../train/model.ts";
import { loadEncoder } from "../train/parts.ts";
import { readWeights, type Weights, type WeightsOptions } from "../train/weights.ts";

/** The file that a job about weights reads in its folder. */
export const WEIGHTS = "weights.safetensors";

/** What every job about weights says of them. */
export interface WeightsJob {
  /** What errors call the file. */
  readonly name: string;
  readonly given: WeightsOptions;
  /** What the images are, for those that the job makes. */
  readonly data: DataConfig;
}

/** An encoder on the device that only embeds. */
export class FrozenEncoder {
  private constructor(
    private readonly gpu: Gpu,
    private readonly model: Model,
    private readonly weights: Weights,
    private readonly name: string,
  ) {}

  /**
   * @param images the size that it will see
   * @param untrained with the start values of its run instead of the weights: what the architecture alone gives
   * @throws FormatError when the weights do not fit the encoder: names every tensor that is missing, extra or mis-shaped
   */
  static async open(gpu: Gpu, weights: Weights, name: string, images: ImageDataset, untrained = false): Promise<FrozenEncoder> {
    const { encoder: config, view, values, config: run } = weights;
    const setting = { seed: run?.seed ?? DEFAULTS.seed, encoder: config };
    const model = makeModel(gpu, setting, viewSize(view, images), await loadEncoder(config.name));
    if (untrained) return new FrozenEncoder(gpu, model, weights, `${name}, untrained`);
    try {
      model.parameters.write(values);
    } catch (error) {
      model.parameters.destroy();
      if (!(error instanceof ShapeError)) throw error;
      const options = JSON.stringify(model.encoder.config);
      throw new FormatError(`${name}: does not fit the encoder ${config.name} ${options}: ${error.message}`, { cause: error });
    }
    return new FrozenEncoder(gpu, model, weights, name);
  }

  /** Features [N, D] of all images, in their order. @throws NonFiniteError naming the image whose feature is not finite */
  async features(images: ImageDataset): Promise<HostRows> {
    const { encoder } = this.model;
    const resident = makeResident(this.gpu, images);
    try {
      const data = await embed(this.gpu, (tape, x) => encoder.forward(tape, x), resident, { view: evaluationView(this.weights.view) });
      const bad = data.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new NonFiniteError(`${this.name}: the feature of image ${Math.floor(bad / encoder.dim)} is not finite`);
      return { data, shape: [images.length, encoder.dim] };
    } finally {
      resident.store.destroy();
    }
  }

  close(): void {
    this.model.parameters.destroy();
  }
}

/** The weights in a job's folder. @throws FormatError, UsageError as `readWeights` */
export async function weightsIn(folder: RunFolder | undefined, { name, given }: Pick<WeightsJob, "name" | "given">): Promise<Weights> {
  const bytes = await folder?.read(WEIGHTS);
  if (!bytes) throw new UsageError(`${name}: the job was given no weights`);
  return readWeights(bytes, name, given);
}

/** Features of several sets of images by one encoder. @throws as `FrozenEncoder` */
export async function featuresOf(
  gpu: Gpu,
  weights: Weights,
  name: string,
  images: readonly ImageDataset[],
  untrained = false,
): Promise<HostRows[]> {
  const [first] = images;
  if (!first) return [];
  const encoder = await FrozenEncoder.open(gpu, weights, name, first, untrained);
  try {
    const rows: HostRows[] = [];
    for (const part of images) rows.push(await encoder.features(part));
    return rows;
  } finally {
    encoder.close();
  }
}

import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import { isMultiView } from "../data/multi_view.ts";
import type { View } from "../data/views/common.ts";
import { makeResident } from "../data/views/resident.ts";
import { viewSize } from "../data/views/view.ts";
import { augmentedViews } from "../data/views/view_set.ts";
import { NonFiniteError, UsageError } from "../errors.ts";
import { pixelRows } from "../evaluate/baselines.ts";
import { sideBySide } from "../evaluate/cross_view.ts";
import { embed } from "../evaluate/embed.ts";
import type { Gpu } from "../gpu/device.ts";
import { DEFAULTS, type TrainConfig } from "../train/config.ts";
import type { DataConfig } from "../train/data_config.ts";
import type { RunFolder } from "../train/folder.ts";
import { makeModel } from "../train/model.ts";
import { type Learner, loadEncoder } from "../train/parts.ts";
import { at } from "../train/view_features.ts";
import { giveWeights, readWeights, type Weights, type WeightsOptions } from "../train/weights.ts";

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

/** Encoders on the device that only embed: one, or those of a run of several views. */
export class FrozenEncoder {
  private constructor(
    private readonly gpu: Gpu,
    private readonly eyes: Eyes,
    private readonly name: string,
  ) {}

  /**
   * @param images the size and the views that it will see
   * @param untrained with the start values of its run instead of the weights: what the architecture alone gives
   * @throws FormatError when the weights do not fit the encoder: names every tensor that is missing, extra or mis-shaped
   * @throws UsageError for a view that there is not
   */
  static async open(gpu: Gpu, weights: Weights, name: string, images: ImageDataset, untrained = false): Promise<FrozenEncoder> {
    const eyes = await eyesOf(gpu, computable(gpu, weights), images, name);
    if (untrained) return new FrozenEncoder(gpu, eyes, `${name}, untrained`);
    try {
      const { parameters, encoders, values } = eyes;
      giveWeights({ parameters, encoder: at(encoders, 0) }, values, weights.encoder.name, name);
    } catch (error) {
      eyes.parameters.destroy();
      throw error;
    }
    return new FrozenEncoder(gpu, eyes, name);
  }

  /** Features [N, D] of all images, in their order; of all views side by side. @throws NonFiniteError naming the image whose feature is not finite */
  async features(images: ImageDataset): Promise<HostRows> {
    const { chosen, encoders, views } = this.eyes;
    const residents = views.sources(images).map((source) => makeResident(this.gpu, source));
    try {
      const rows: HostRows[] = [];
      for (const v of chosen) {
        const encoder = at(encoders, v);
        const view: View = (tape, _, index) => views.evaluate(tape, residents, index, v);
        const data = await embed(this.gpu, (tape, x) => encoder.forward(tape, x), at(residents, 0), { view });
        rows.push({ data, shape: [images.length, encoder.dim] });
      }
      const { data, shape } = sideBySide(rows);
      const bad = data.findIndex((value) => !Number.isFinite(value));
      if (bad >= 0) throw new NonFiniteError(`${this.name}: the feature of image ${Math.floor(bad / shape[1])} is not finite`);
      return { data, shape };
    } finally {
      for (const { store } of residents) store.destroy();
    }
  }

  close(): void {
    this.eyes.parameters.destroy();
  }
}

/**
 * Weights are f32 whatever the activations were that they were trained with. Where the device has no f16 in shaders, f32 serves: features
 * then differ by its rounding.
 */
function computable({ features }: Gpu, weights: Weights): Weights {
  if (weights.encoder.activations !== "f16" || features.has("shader-f16")) return weights;
  const encoder = { ...weights.encoder, activations: "f32" };
  return { ...weights, encoder, config: weights.config && { ...weights.config, encoder } };
}

/** Encoders, what they see, and which of them are meant. */
interface Eyes extends Omit<Learner, "objective"> {
  readonly values: Weights["values"];
  /** Numbers of views. */
  readonly chosen: readonly number[];
}

async function eyesOf(gpu: Gpu, weights: Weights, images: ImageDataset, file: string): Promise<Eyes> {
  const { encoder: config, view, values, config: run, of } = weights;
  const makeEncoder = await loadEncoder(config.name);
  if (run?.objective.name === "cmc" && hasViews(run, images)) {
    const { severalEncoders } = await import("../train/several.ts");
    const several = severalEncoders(gpu, run, images, makeEncoder);
    const names = several.views.views.map(({ name }) => name);
    const v = of === undefined ? 0 : names.indexOf(of);
    if (v < 0 && of !== "all") throw new UsageError(`${file}: --encoder-of ${of}: expected all, or one of ${names.join(", ")}`);
    return { ...several, values, chosen: of === "all" ? names.map((_, i) => i) : [v] };
  }
  const setting = { seed: run?.seed ?? DEFAULTS.seed, encoder: config };
  const { parameters, encoder } = makeModel(gpu, setting, viewSize(view, images), makeEncoder);
  const own = run?.objective.name === "cmc" && run.objective.encoders !== "shared" ? ofView(values, of, file) : values;
  return { parameters, encoders: [encoder], views: augmentedViews(view, images, 1), values: own, chosen: [0] };
}

/** Whether images have the views of a run, so that each is seen by its own encoder; else they are taken as one view. */
const hasViews = ({ objective: { views } }: TrainConfig, images: ImageDataset): boolean =>
  views === "lab" || views === "ycbcr" || isMultiView(images);

/** The encoder of one of several views, its names as of one encoder. */
function ofView(values: Weights["values"], of: string | undefined, file: string): Weights["values"] {
  const names = [...new Set([...values.keys()].map((name) => name.slice(0, name.indexOf("."))))];
  const view = of ?? at(names, 0);
  if (!names.includes(view))
    throw new UsageError(`${file}: --encoder-of ${view}: these data have one view: expected one of ${names.join(", ")}`);
  const own = [...values].filter(([name]) => name.startsWith(`${view}.`));
  return new Map(own.map(([name, value]) => [name.slice(view.length + 1), value]));
}

/** Pixels as rows, of the view that is meant, or of all side by side: what features are held against. */
export function pixelsSeen(images: ImageDataset, of: string | undefined): HostRows {
  if (!isMultiView(images)) return pixelRows(images);
  const views = of === "all" ? images.views : images.views.filter(({ name }, v) => (of === undefined ? v === 0 : name === of));
  return sideBySide(views.map((view) => pixelRows({ ...view, name: images.name, length: images.length, segments: undefined })));
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

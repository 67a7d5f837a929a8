import type { Tape } from "../autograd.ts";
import type { ImageDataset } from "../data/images.ts";
import { type ViewConfig, varies, viewSize } from "../data/views/view.ts";
import { augmentedViews, type ViewSet } from "../data/views/view_set.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Encoder } from "../nn/encoder.ts";
import type { Sequences, SoundEncoder } from "../nn/encoders/sound.ts";
import type { Parameters } from "../nn/parameters.ts";
import type { Cpc } from "../objectives/cpc.ts";
import type { Encode, Objective } from "../objectives/objective.ts";
import type { Tensor } from "../tensor.ts";
import type { TrainConfig } from "./config.ts";
import { type MakeEncoder, makeModel } from "./model.ts";

/** What a run trains: encoders with their parameters, the objective that they serve, and the views that both see. */
export interface Learner {
  readonly parameters: Parameters;
  /** One a view of `views.views`; the same one where they share it. */
  readonly encoders: readonly Encoder[];
  readonly objective: Objective;
  readonly views: ViewSet;
  /**
   * Images to the latents and contexts behind their features, where one is predicted from the other. Such features are no directions: they have
   * much in common that says nothing, so that they are measured about their mean.
   */
  readonly sequences?: ((tape: Tape, images: Tensor) => Sequences) | undefined;
}

/** Builds what a config describes, for data of this size. Allocates nothing. @throws UsageError, ShapeError */
export type MakeLearner = (gpu: Gpu, config: TrainConfig, data: ImageDataset) => Learner;

/** The objective that a config describes, over `rows` training samples. */
type MakeObjective = (gpu: Gpu, config: TrainConfig, rows: number, encoder: Encoder) => Objective;

/**
 * Loads what a config names, and nothing else: an app pays for the objective and the encoder that it trains with, kernels included.
 * Every objective and encoder is complete in its own file; these two functions are the lists of them.
 * @throws UsageError for a name that there is not
 */
export async function loadLearner({ encoder, objective }: TrainConfig): Promise<MakeLearner> {
  if (objective.name === "cpc") return loadGrids();
  const makeEncoder = await loadEncoder(encoder.name);
  switch (objective.name) {
    case "instdisc": {
      const { InstDisc } = await import("../objectives/instdisc.ts");
      return ofImages(
        makeEncoder,
        (gpu, { objective, seed }, rows, encoder) =>
          new InstDisc(gpu, { rows, dim: encoder.dim, encode: encodeBy(encoder), seed }, objectiveOptions(objective)),
      );
    }
    case "invaspread": {
      const { InvaSpread } = await import("../objectives/invaspread.ts");
      return ofImages(
        makeEncoder,
        (_, { objective, batch }, __, encoder) => new InvaSpread({ batch, encode: encodeBy(encoder) }, objectiveOptions(objective)),
      );
    }
    case "cmc": {
      const { ofSeveralViews } = await import("./several.ts");
      return ofSeveralViews(makeEncoder);
    }
    default:
      throw new UsageError(`objective: no objective is called ${JSON.stringify(objective.name)}`);
  }
}

/** Images patch by patch: encoder and objective are one download each. */
async function loadGrids(): Promise<MakeLearner> {
  const [{ ofGrids }, { patchNet }, { Cpc }] = await Promise.all([
    import("./grids.ts"),
    import("../nn/encoders/patch_net.ts"),
    import("../objectives/cpc.ts"),
  ]);
  return ofGrids({ makeEncoder: patchNet, Objective: Cpc });
}

/** The parts of a run on sound: one objective, one encoder. */
export interface SoundParts {
  readonly makeEncoder: (parameters: Parameters, options: object) => SoundEncoder;
  readonly makeObjective: (config: TrainConfig, parameters: Parameters, encoder: SoundEncoder) => Cpc;
}

/** Loads what every run on sound is made of, kernels included. @throws UsageError for parts that are of images */
export async function loadSoundParts({ encoder, objective }: TrainConfig): Promise<SoundParts> {
  if (objective.name !== "cpc" || encoder.name !== "audio")
    throw new UsageError(`sounds are learned by cpc with the encoder audio, not by ${objective.name} with ${encoder.name}`);
  const [{ soundEncoder }, { Cpc }] = await Promise.all([import("../nn/encoders/sound.ts"), import("../objectives/cpc.ts")]);
  const makeObjective: SoundParts["makeObjective"] = ({ objective, batch }, parameters, { frames, dim, units, forward }) =>
    new Cpc({ parameters, batch, frames, latents: dim, context: units, encode: forward }, objectiveOptions(objective));
  return { makeEncoder: soundEncoder, makeObjective };
}

/** @throws UsageError */
export async function loadEncoder(name: string): Promise<MakeEncoder> {
  switch (name) {
    case "convnet":
      return (await import("../nn/encoders/conv_net.ts")).convNet;
    case "resnet18":
      return (await import("../nn/encoders/resnet.ts")).resNet18;
    case "patchnet":
      return (await import("../nn/encoders/patch_net.ts")).patchNet;
    default:
      throw new UsageError(`encoder: no encoder is called ${JSON.stringify(name)}`);
  }
}

/** One image of each sample, one encoder. */
function ofImages(makeEncoder: MakeEncoder, makeObjective: MakeObjective): MakeLearner {
  return (gpu, config, data) => {
    const view = config.view as ViewConfig;
    const { parameters, encoder } = makeModel(gpu, config, viewSize(view, data), makeEncoder);
    const objective = makeObjective(gpu, config, data.length, encoder);
    if (objective.views > 1 && !varies(view))
      throw new UsageError(`view: ${JSON.stringify(view)} is the same every time: ${objective.name} would compare equal views`);
    return { parameters, encoders: [encoder], objective, views: augmentedViews(view, data, objective.views) };
  };
}

/** An encoder as an objective takes it. */
export const encodeBy =
  (encoder: Encoder): Encode =>
  (tape, view) =>
    encoder.forward(tape, view);

/** Of a config's objective, without its name: what the objective itself checks. */
export const objectiveOptions = ({ name: _, ...options }: TrainConfig["objective"]): object => options;

import type { ImageDataset } from "../data/images.ts";
import type { ViewConfig } from "../data/views/view.ts";
import type { ViewShape } from "../data/views/view_set.ts";
import { makeViews, type ViewsOption } from "../data/views/views.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Encoder } from "../nn/encoder.ts";
import { Parameters } from "../nn/parameters.ts";
import { Cmc } from "../objectives/cmc.ts";
import { checkChoice } from "../options.ts";
import type { TrainConfig } from "./config.ts";
import { encoderOptions, type MakeEncoder } from "./model.ts";
import { encodeBy, type Learner, type MakeLearner } from "./parts.ts";

/**
 * Different views of each sample (luminance and chrominance, image and depth, four artists), each with an encoder of its own, or one
 * for all. Besides the objective's own options it takes `views` (default: all that the data have) and `encoders`: "separate" or "shared".
 * @throws UsageError for views that the data cannot give, and for a shared encoder over views of different shapes
 */
export function ofSeveralViews(makeEncoder: MakeEncoder): MakeLearner {
  return (gpu, config, data) => {
    const { parameters, encoders, views } = severalEncoders(gpu, config, data, makeEncoder);
    const { name: _, views: __, encoders: how, ...options } = config.objective;
    const [first] = encoders;
    if (!first) throw new UsageError("views: there are none");
    const encode = how === "shared" ? encodeBy(first) : encoders.map(encodeBy);
    const setting = { rows: data.length, dim: first.dim, views: views.views, encode, seed: config.seed };
    return { parameters, encoders, objective: new Cmc(gpu, setting, options), views };
  };
}

/** The views of these data that a config describes, and their encoders with their start values. @throws UsageError as `ofSeveralViews` */
export function severalEncoders(gpu: Gpu, config: TrainConfig, data: ImageDataset, makeEncoder: MakeEncoder): Omit<Learner, "objective"> {
  const { views: named, encoders: how = "separate" } = config.objective;
  checkChoice("cmc: encoders", how, ["separate", "shared"]);
  const views = makeViews(named as ViewsOption | undefined, config.view as ViewConfig, data);
  const parameters = new Parameters(gpu, config.seed);
  const build = (shape: ViewShape, prefix?: string): Encoder =>
    makeEncoder(parameters, { ...encoderOptions(config.encoder, shape), ...(prefix !== undefined && { prefix }) });
  const encoders = how === "shared" ? shared(views.views, build) : views.views.map((view) => build(view, view.name));
  return { parameters, encoders, views };
}

/** The one encoder, once for each view. */
function shared(views: readonly ViewShape[], build: (shape: ViewShape) => Encoder): readonly Encoder[] {
  const sizeOf = ({ channels, height, width }: ViewShape) => `${channels} x ${height} x ${width}`;
  const [first] = views;
  if (!first || views.some((view) => sizeOf(view) !== sizeOf(first))) {
    const found = views.map((view) => `${view.name} ${sizeOf(view)}`).join(", ");
    throw new UsageError(`cmc: a shared encoder needs views of one shape, got ${found}: use encoders separate`);
  }
  const encoder = build(first);
  return views.map(() => encoder);
}

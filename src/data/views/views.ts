import type { Tape } from "../../autograd.ts";
import { UsageError } from "../../errors.ts";
import type { Operand } from "../../gpu/slot.ts";
import type { ImageDataset } from "../images.ts";
import { isMultiView, type MultiViewDataset, type ViewImages } from "../multi_view.ts";
import { COLOUR_OPTIONS, type ColourConfig, checkColour } from "./colour.ts";
import type { View } from "./common.ts";
import type { ImageSource, ResidentImages } from "./resident.ts";
import { COLOUR_SPACES, type ColourSpace, splitColours } from "./split.ts";
import { evaluationConfig, makeView, type ViewConfig } from "./view.ts";
import type { ViewSet, ViewShape } from "./view_set.ts";

/** Which views of a sample are held against each other: `lab` or `ycbcr` of RGB images, or views of multi-view data by name. */
export type ViewsOption = ColourSpace | readonly string[];

/**
 * The views of a data set for an objective that wants several. Left out, `views` is all that multi-view data has.
 * - A colour split (`lab`, `ycbcr`) makes one RGB view as `config` says, geometry first, and splits it: L | ab or Y | CbCr, standardised.
 * - Multi-view data: every view is made as `config` says with the same random numbers for its geometry. Colour changes and blur
 *   touch three-channel views alone, each with random numbers of its own; class maps get a channel a class and no normalisation.
 * @throws UsageError for data without the views, fewer than two, a name twice, and colour changes where they mean nothing or do harm
 */
export function makeViews(views: ViewsOption | undefined, config: ViewConfig, dataset: ImageDataset): ViewSet {
  if (views === "lab" || views === "ycbcr") return colourViews(views, config, dataset);
  if (typeof views === "string") throw new UsageError(`views: expected lab, ycbcr or a list of names, got ${JSON.stringify(views)}`);
  if (isMultiView(dataset)) return namedViews(views, config, dataset);
  const asked = views === undefined ? "" : `, and none called ${views.join(", ")}`;
  throw new UsageError(
    `views: ${dataset.name} has one view of each sample${asked}: expected multi-view data, or lab or ycbcr for RGB images`,
  );
}

function colourViews(space: ColourSpace, config: ViewConfig, { name, channels, height, width }: ImageDataset): ViewSet {
  const where = `views: ${space}`;
  if (channels !== 3)
    throw new UsageError(`${where}: images of ${name} have ${channels} channel${channels === 1 ? "" : "s"}: expected RGB (3) to split`);
  if (config.normalise) throw new UsageError(`${where}: view.normalise: the split has the published mean and deviation: leave it out`);
  if (config.kind !== "plain" && changesColour(config)) {
    throw new UsageError(
      `${where}: colour jitter and greyscale before the split tie its two views together (grey makes every colour view the same): ` +
        "leave view.jitter and view.grayscale out",
    );
  }
  const [train, still] = [makeView(config), makeView(evaluationConfig(config))];
  const split = (view: View) => (tape: Tape, residents: readonly ResidentImages[], index: Operand) =>
    splitColours(tape, view(tape, only(residents), index), space);
  const size = sizeOf(config, height, width);
  return {
    views: COLOUR_SPACES[space].map((view) => ({ ...view, ...size })),
    sources: (images) => [images],
    record: split(train),
    evaluate: (tape, residents, index, v) => at(split(still)(tape, residents, index), v),
  };
}

function namedViews(names: readonly string[] | undefined, config: ViewConfig, dataset: MultiViewDataset): ViewSet {
  const views = chosen(dataset, names);
  const stained = config.kind !== "plain" && checkColour(`view ${config.kind}`, config) !== undefined;
  if (stained && !views.some(takesColour))
    throw new UsageError(`views: ${views.map(({ name }) => name).join(", ")} have no colours: leave view.jitter, grayscale and blur out`);
  const makers = views.map((view) => ({
    train: makeView(configOf(config, view)),
    still: makeView(evaluationConfig(configOf(config, view))),
  }));
  return {
    views: views.map((view) => shapeOf(view, config)),
    sources: (images) => chosen(asMultiView(images), names).map((view) => sourceOf(images, view)),
    // One geometry (0), a noise each (v).
    record: (tape, residents, index) => makers.map(({ train }, v) => train(tape, at(residents, v), index, 0, v)),
    evaluate: (tape, residents, index, v) => at(makers, v).still(tape, at(residents, v), index, 0, v),
  };
}

function chosen(dataset: MultiViewDataset, names: readonly string[] | undefined): readonly ViewImages[] {
  const all = dataset.views.map(({ name }) => name);
  if (!names) return dataset.views;
  if (names.length < 2) throw new UsageError(`views: expected at least two of ${all.join(", ")}, got ${names.join(", ") || "none"}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UsageError(`views: ${twice} is there twice`);
  return names.map((name) => {
    const view = dataset.views.find((candidate) => candidate.name === name);
    if (!view) throw new UsageError(`views: ${dataset.name} has no view ${JSON.stringify(name)}: expected some of ${all.join(", ")}`);
    return view;
  });
}

const isClasses = ({ kind }: ViewImages): boolean => kind === "classes";
const takesColour = (view: ViewImages): boolean => view.channels === 3 && !isClasses(view);

/** What of the configuration a view can take. */
function configOf(config: ViewConfig, view: ViewImages): ViewConfig {
  const left = new Set<string>([...(takesColour(view) ? [] : COLOUR_OPTIONS), ...(isClasses(view) ? ["normalise"] : [])]);
  return Object.fromEntries(Object.entries(config).filter(([name]) => !left.has(name))) as unknown as ViewConfig;
}

function shapeOf(view: ViewImages, config: ViewConfig): ViewShape {
  const { name, height, width, present } = view;
  const channels = isClasses(view) ? (view.classes?.length ?? 0) : view.channels;
  return { name, channels, ...sizeOf(config, height, width), ...(present && { present }) };
}

function sourceOf({ name, length }: ImageDataset, view: ViewImages): ImageSource {
  const { channels, height, width, present } = view;
  const segments = isClasses(view) ? view.classes?.length : undefined;
  return { name: `${name} ${view.name}`, length, channels, height, width, segments, present, pixels: () => view.pixels() };
}

function sizeOf(config: ViewConfig, height: number, width: number): { readonly height: number; readonly width: number } {
  const [h, w] = ("size" in config ? config.size : undefined) ?? [height, width];
  return { height: h, width: w };
}

const changesColour = ({ jitter, grayscale }: ColourConfig): boolean =>
  checkColour("view", { ...(jitter && { jitter }), ...(grayscale !== undefined && { grayscale }) }) !== undefined;

function asMultiView(images: ImageDataset): MultiViewDataset {
  if (isMultiView(images)) return images;
  throw new UsageError(`views: ${images.name} has one view of each sample: expected those of the training data`);
}

function at<T>(values: readonly T[], i: number): T {
  const value = values[i];
  if (value === undefined) throw new UsageError(`views: there is no view of this number, only ${values.length}`);
  return value;
}

const only = <T>(values: readonly T[]): T => at(values, 0);

import type { ViewConfig } from "../data/views/view.ts";
import { viewSize } from "../data/views/view.ts";
import { augmentedViews } from "../data/views/view_set.ts";
import { UsageError } from "../errors.ts";
import type { patchNet } from "../nn/encoders/patch_net.ts";
import { Parameters } from "../nn/parameters.ts";
import type { Cpc, CpcOptions } from "../objectives/cpc.ts";
import { encoderOptions } from "./model.ts";
import { type MakeLearner, objectiveOptions } from "./parts.ts";

/**
 * What contrastive prediction of images takes where neither options nor a profile say otherwise: all rows below but the next, half of which
 * the patches above have seen (CPCV2 and GIM skip it, too).
 */
const OF_ROWS: CpcOptions = { steps: "all", skip: 1 };

/** What such a run is made of: each is loaded by itself. */
export interface GridParts {
  readonly makeEncoder: typeof patchNet;
  readonly Objective: typeof Cpc;
}

/**
 * Images patch by patch: from the patches above, the patches of the rows below are predicted (van den Oord, Li, Vinyals 2018, section 3.2). Negatives
 * `sequence` are patches of the same image, `others` of other images, `batch` those at the same place in them.
 * @throws UsageError for negatives by speaker: images have none
 */
export const ofGrids =
  ({ makeEncoder, Objective }: GridParts): MakeLearner =>
  (gpu, config, data) => {
    const view = config.view as ViewConfig;
    const options = objectiveOptions(config.objective) as CpcOptions;
    const { negatives = "all" } = options;
    if (negatives.startsWith("speaker"))
      throw new UsageError(`cpc: negatives ${negatives}: images have no speakers: take sequence (the same image), others, batch or all`);
    const parameters = new Parameters(gpu, config.seed);
    const encoder = makeEncoder(parameters, encoderOptions(config.encoder, viewSize(view, data)));
    const { rows, columns, dim, units } = encoder;
    const setting = { parameters, batch: config.batch, frames: rows * columns, stride: columns, latents: dim, context: units };
    const objective = new Objective({ ...setting, encode: encoder.grid }, { ...(options.profile === undefined && OF_ROWS), ...options });
    return { parameters, encoders: [encoder], objective, views: augmentedViews(view, data, 1), sequences: encoder.grid };
  };

import { nearest } from "../bank/nearest.ts";
import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import { pixelBaseline } from "../evaluate/baselines.ts";
import { knn } from "../evaluate/knn.ts";
import {
  alignment,
  collapseWarning,
  effectiveRank,
  meanPairwiseCosine,
  predictionWarnings,
  spreadOf,
  uniformity,
} from "../evaluate/meters.ts";
import { pca } from "../evaluate/pca.ts";
import { appraiseViews, matchBaseline } from "./appraise_views.ts";
import type { Baseline, EvaluateEvent, PredictionSpread, StepEvent } from "./events.ts";
import type { GalleryImage, GalleryRow, Picture } from "./picture.ts";
import type { Appraisal, RunAppraiser, Votes } from "./run_session.ts";
import type { Session } from "./session.ts";
import { at, ViewEmbedders, type ViewFeatures } from "./view_features.ts";
import { votesOf, within } from "./votes.ts";

/** Rows of the gallery, and neighbours in each. */
const GALLERY = { rows: 10, neighbours: 8 };
/** Features that the quadratic meters look at. */
const SAMPLE = 1000;
/** Samples whose positives are compared: each costs two passes of the encoder at every evaluation. */
const ALIGNED = 256;
/** Samples whose latents and contexts are looked at, all of each. */
const SEQUENCES = 128;

/** Measures an encoder while it learns: recorded once, run at each evaluation. Never touches what training remembers. */
export class Appraiser implements RunAppraiser {
  readonly #embedders: ViewEmbedders;

  constructor(private readonly session: Session) {
    this.#embedders = new ViewEmbedders(session);
  }

  /** kNN of raw pixels and of the encoder as it is now (before its first step). Null without labels. */
  async baseline(): Promise<Baseline | null> {
    const { gpu, data, config } = this.session;
    if (!data.train.labels || !data.test.labels) return null;
    const pixels = await pixelBaseline(gpu, data.train, data.test, within(votesOf(config.evaluate), data.train.length));
    const views = await this.#embedders.features();
    const [untrained] = await this.#scores(first(views));
    const match = this.#several ? await matchBaseline(this.session, views) : undefined;
    return { pixels: pixels.scores[0]?.accuracy ?? 0, untrained: untrained?.accuracy ?? 0, ...(match && { match }) };
  }

  /**
   * @param last the last training step, if there was one: its loss is held against ln N
   * @param votes default: the config's; the first setting is the event's kNN accuracy
   */
  async appraise(step: number, last: StepEvent | undefined, votes: Votes = votesOf(this.session.config.evaluate)): Promise<Appraisal> {
    const { session } = this;
    const views = await this.#embedders.features();
    const features = first(views);
    const sample: HostRows = {
      data: features.test.data.subarray(0, SAMPLE * features.test.shape[1]),
      shape: [Math.min(SAMPLE, features.test.shape[0]), features.test.shape[1]],
    };
    const meanCosine = meanPairwiseCosine(sample);
    const scores = await this.#scores(features, votes);
    const spread = await this.#spread();
    const evaluation: EvaluateEvent = {
      event: "evaluate",
      step,
      epoch: Math.floor(step / session.loader.stepsPerEpoch),
      knn: scores[0]?.accuracy ?? null,
      ...(this.#several && { views: await appraiseViews(session, views, async (rows) => (await this.#scores(rows))[0]?.accuracy ?? null) }),
      meanCosine,
      // Of an image whose patches predict each other no second view was ever asked for.
      ...(!spread && { alignment: alignment(...(await this.#embedders.positives(ALIGNED))) }),
      uniformity: uniformity(sample),
      effectiveRank: effectiveRank(sample),
      ...(spread && { spread }),
    };
    const warnings = step > 0 ? this.#warnings(evaluation, last?.loss) : [];
    return { evaluation, picture: await this.#picture(step, features), warnings, scores };
  }

  #warnings({ meanCosine, spread }: EvaluateEvent, loss: number | undefined): readonly string[] {
    const { chance } = this.session.learner.objective;
    if (spread) return predictionWarnings({ ...spread, loss, chance });
    const warning = collapseWarning({ meanCosine, ...(chance !== undefined && { loss, logN: chance }) });
    return warning ? [warning] : [];
  }

  async #spread(): Promise<PredictionSpread | undefined> {
    const found = await this.#embedders.sequences(SEQUENCES);
    return found && { latents: spreadOf(found.latents), contexts: spreadOf(found.contexts) };
  }

  /** Whether samples have views of different kinds. */
  get #several(): boolean {
    return this.session.learner.views.views.length > 1;
  }

  async #scores({ train, test }: { train: HostRows; test: HostRows }, votes = votesOf(this.session.config.evaluate)) {
    const { gpu, data } = this.session;
    if (!data.train.labels || !data.test.labels) return [];
    const labels = { candidateLabels: data.train.labels, queryLabels: data.test.labels };
    const { scores } = await knn(gpu, { queries: test, candidates: train, ...labels, ...within(votes, data.train.length) });
    return scores;
  }

  async #picture(step: number, { train, test }: { train: HostRows; test: HostRows }): Promise<Picture> {
    const { data, gpu } = this.session;
    const { points, explained } = pca(test);
    const dim = test.shape[1];
    const queries = galleryRows(data.test);
    const rows = Float32Array.from(queries.flatMap((i) => [...test.data.subarray(i * dim, (i + 1) * dim)]));
    const k = Math.min(GALLERY.neighbours, data.train.length);
    const found = await nearest(gpu, { data: rows, shape: [queries.length, dim] }, train, k);
    const gallery = queries.map((query, q): GalleryRow => {
      const neighbours = Array.from({ length: k }, (_, j) => ({
        ...imageOf(data.train, found.index[q * k + j] ?? 0),
        similarity: found.similarity[q * k + j] ?? 0,
      }));
      return { query: imageOf(data.test, query), neighbours };
    });
    const { channels, height, width, classes = [], labels = new Uint32Array() } = data.test;
    return { step, map: points, explained: explained[0] + explained[1], labels, classes, gallery, image: { channels, height, width } };
  }

  close(): void {
    this.#embedders.close();
  }
}

/** Features of the first view. */
const first = ({ train, test }: ViewFeatures) => ({ train: at(train, 0), test: at(test, 0) });

/** The first test image of each class, or simply the first ones: the same rows at every evaluation, so that they can be compared. */
function galleryRows({ labels, length, classes }: ImageDataset): number[] {
  if (!labels || !classes) return Array.from({ length: Math.min(GALLERY.rows, length) }, (_, i) => i);
  const firsts = classes.map((_, c) => labels.indexOf(c)).filter((i) => i >= 0);
  return firsts.slice(0, GALLERY.rows);
}

function imageOf({ channels, height, width, labels, pixels }: ImageDataset, index: number): GalleryImage {
  const size = channels * height * width;
  return { label: labels?.[index] ?? null, pixels: pixels().subarray(index * size, (index + 1) * size) };
}

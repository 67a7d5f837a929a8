import { nearest } from "../bank/nearest.ts";
import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import { evaluationView, makeView, type ViewConfig } from "../data/views/view.ts";
import { pixelBaseline } from "../evaluate/baselines.ts";
import { Embedder, embed, type Forward } from "../evaluate/embed.ts";
import { knn } from "../evaluate/knn.ts";
import { alignment, collapseWarning, effectiveRank, meanPairwiseCosine, uniformity } from "../evaluate/meters.ts";
import { pca } from "../evaluate/pca.ts";
import { permutation } from "../random.ts";
import type { Baseline, EvaluateEvent, StepEvent } from "./events.ts";
import type { GalleryImage, GalleryRow, Picture } from "./picture.ts";
import type { Appraisal, RunAppraiser, Votes } from "./run_session.ts";
import type { Session } from "./session.ts";

/** Rows of the gallery, and neighbours in each. */
const GALLERY = { rows: 10, neighbours: 8 };
/** Features that the quadratic meters look at. */
const SAMPLE = 1000;
/** Images whose two augmented views are compared: each costs two passes of the encoder at every evaluation. */
const ALIGNED = 256;

/** Measures an encoder while it learns: recorded once, run at each evaluation. Never touches what training remembers. */
export class Appraiser implements RunAppraiser {
  readonly #train: Embedder;
  readonly #test: Embedder;
  readonly #forward: Forward;

  constructor(private readonly session: Session) {
    const { gpu, model, config } = session;
    const view = evaluationView(config.view as ViewConfig);
    this.#forward = (tape, images) => model.encoder.forward(tape, images);
    this.#train = new Embedder(gpu, this.#forward, session.train, { view });
    this.#test = new Embedder(gpu, this.#forward, session.test, { view });
  }

  /** kNN of raw pixels and of the encoder as it is now (before its first step). Null without labels. */
  async baseline(): Promise<Baseline | null> {
    const { gpu, data, config } = this.session;
    if (!data.train.labels || !data.test.labels) return null;
    const pixels = await pixelBaseline(gpu, data.train, data.test, within(votesOf(config.evaluate), data.train));
    const [untrained] = await this.#scores(await this.#features());
    return { pixels: pixels.scores[0]?.accuracy ?? 0, untrained: untrained?.accuracy ?? 0 };
  }

  /**
   * @param last the last training step, if there was one: its loss is held against ln N
   * @param votes default: the config's; the first setting is the event's kNN accuracy
   */
  async appraise(step: number, last: StepEvent | undefined, votes: Votes = votesOf(this.session.config.evaluate)): Promise<Appraisal> {
    const { session } = this;
    const features = await this.#features();
    const sample: HostRows = {
      data: features.test.data.subarray(0, SAMPLE * features.test.shape[1]),
      shape: [Math.min(SAMPLE, features.test.shape[0]), features.test.shape[1]],
    };
    const meanCosine = meanPairwiseCosine(sample);
    const scores = await this.#scores(features, votes);
    const evaluation: EvaluateEvent = {
      event: "evaluate",
      step,
      epoch: Math.floor(step / session.loader.stepsPerEpoch),
      knn: scores[0]?.accuracy ?? null,
      meanCosine,
      alignment: await this.#alignment(),
      uniformity: uniformity(sample),
      effectiveRank: effectiveRank(sample),
    };
    const { chance } = session.objective;
    const warning = step > 0 ? collapseWarning({ meanCosine, ...(chance !== undefined && { loss: last?.loss, logN: chance }) }) : undefined;
    return { evaluation, picture: await this.#picture(step, features), warnings: warning ? [warning] : [], scores };
  }

  async #features(): Promise<{ train: HostRows; test: HostRows }> {
    const { data } = this.session;
    const rows = async (embedder: Embedder, images: ImageDataset): Promise<HostRows> => {
      return { data: await embedder.embed(), shape: [images.length, embedder.dim] };
    };
    return { train: await rows(this.#train, data.train), test: await rows(this.#test, data.test) };
  }

  async #scores({ train, test }: { train: HostRows; test: HostRows }, votes = votesOf(this.session.config.evaluate)) {
    const { gpu, data } = this.session;
    if (!data.train.labels || !data.test.labels) return [];
    const labels = { candidateLabels: data.train.labels, queryLabels: data.test.labels };
    const { scores } = await knn(gpu, { queries: test, candidates: train, ...labels, ...within(votes, data.train) });
    return scores;
  }

  /** Of two training views of the same held-out images, at every evaluation the same ones: a function of the run's seed. */
  async #alignment(): Promise<number> {
    const { gpu, config, test } = this.session;
    const { seed } = config;
    const indices = permutation(test.length, seed, 0).subarray(0, ALIGNED);
    const view = makeView(config.view as ViewConfig);
    const features = async (number: number): Promise<HostRows> => {
      const data = await embed(gpu, this.#forward, test, { view, number, seed, indices, batch: Math.min(64, indices.length) });
      return { data, shape: [indices.length, this.#test.dim] };
    };
    return alignment(await features(0), await features(1));
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
    this.#train.close();
    this.#test.close();
  }
}

const votesOf = ({ k, temperature }: { k: number; temperature: number }): Votes => ({ ks: [k], temperatures: [temperature] });

/** Fewer neighbours than asked for when there are fewer images. */
const within = ({ ks, temperatures }: Votes, train: ImageDataset): Votes => ({
  ks: [...new Set(ks.map((k) => Math.min(k, train.length)))],
  temperatures,
});

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

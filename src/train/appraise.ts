import { nearest } from "../bank/nearest.ts";
import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import { evaluationView, type ViewConfig } from "../data/views/view.ts";
import { pixelBaseline } from "../evaluate/baselines.ts";
import { Embedder } from "../evaluate/embed.ts";
import { knn } from "../evaluate/knn.ts";
import { collapseWarning, effectiveRank, meanPairwiseCosine, uniformity } from "../evaluate/meters.ts";
import { pca } from "../evaluate/pca.ts";
import type { Baseline, EvaluateEvent, StepEvent } from "./events.ts";
import type { GalleryImage, GalleryRow, Picture } from "./picture.ts";
import type { Session } from "./session.ts";

/** Rows of the gallery, and neighbours in each. */
const GALLERY = { rows: 10, neighbours: 8 };
/** Features that the quadratic meters look at. */
const SAMPLE = 1000;

export interface Appraisal {
  readonly evaluation: EvaluateEvent;
  readonly picture: Picture;
  /** In words, when the features collapse. */
  readonly warnings: readonly string[];
}

/** Measures an encoder while it learns: recorded once, run at each evaluation. Never touches what training remembers. */
export class Appraiser {
  /** One a view; the first serves everything but the kNN on all views. */
  readonly #train: readonly Embedder[];
  readonly #test: readonly Embedder[];

  constructor(private readonly session: Session) {
    const { gpu, model, config, several } = session;
    const view = evaluationView(config.view as ViewConfig);
    const encoders = several?.encoders ?? [model.encoder];
    const each = (half: "train" | "test") =>
      encoders.map((encoder, v) => {
        const forward: ConstructorParameters<typeof Embedder>[1] = (tape, images) => encoder.forward(tape, images);
        return new Embedder(gpu, forward, session[half], { view: several?.viewOf(half, v) ?? view });
      });
    this.#train = each("train");
    this.#test = each("test");
  }

  /** kNN of raw pixels and of the encoder as it is now (before its first step). Null without labels. */
  async baseline(): Promise<Baseline | null> {
    const { gpu, data, config } = this.session;
    if (!data.train.labels || !data.test.labels) return null;
    const { ks, temperatures } = votes(config.evaluate, data.train);
    const pixels = await pixelBaseline(gpu, data.train, data.test, { ks, temperatures });
    const untrained = await this.#accuracy(await this.#features());
    return { pixels: pixels.scores[0]?.accuracy ?? 0, untrained: untrained ?? 0 };
  }

  /** @param last the last training step, if there was one: its loss is held against ln N */
  async appraise(step: number, last: StepEvent | undefined): Promise<Appraisal> {
    const { session } = this;
    const features = await this.#features();
    const sample: HostRows = {
      data: features.test.data.subarray(0, SAMPLE * features.test.shape[1]),
      shape: [Math.min(SAMPLE, features.test.shape[0]), features.test.shape[1]],
    };
    const meanCosine = meanPairwiseCosine(sample);
    const evaluation: EvaluateEvent = {
      event: "evaluate",
      step,
      epoch: Math.floor(step / session.loader.stepsPerEpoch),
      knn: await this.#accuracy(features),
      ...(session.several && { knnAll: await this.#accuracy(await this.#features(true)) }),
      meanCosine,
      uniformity: uniformity(sample),
      effectiveRank: effectiveRank(sample),
    };
    const { chance } = session.objective;
    const warning = step > 0 ? collapseWarning({ meanCosine, ...(chance !== undefined && { loss: last?.loss, logN: chance }) }) : undefined;
    return { evaluation, picture: await this.#picture(step, features), warnings: warning ? [warning] : [] };
  }

  /** Features of the first view, or of all views side by side. */
  async #features(all = false): Promise<{ train: HostRows; test: HostRows }> {
    const { data } = this.session;
    const rows = async (embedders: readonly Embedder[], { length }: ImageDataset): Promise<HostRows> => {
      const parts: HostRows[] = [];
      for (const embedder of embedders.slice(0, all ? undefined : 1))
        parts.push({ data: await embedder.embed(), shape: [length, embedder.dim] });
      return sideBySide(parts, length);
    };
    return { train: await rows(this.#train, data.train), test: await rows(this.#test, data.test) };
  }

  async #accuracy({ train, test }: { train: HostRows; test: HostRows }): Promise<number | null> {
    const { gpu, data, config } = this.session;
    if (!data.train.labels || !data.test.labels) return null;
    const labels = { candidateLabels: data.train.labels, queryLabels: data.test.labels };
    const { scores } = await knn(gpu, { queries: test, candidates: train, ...labels, ...votes(config.evaluate, data.train) });
    return scores[0]?.accuracy ?? null;
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
    for (const embedder of [...this.#train, ...this.#test]) embedder.close();
  }
}

/** [N, D] of every part, row by row in one: [N, sum of D]. */
function sideBySide(parts: readonly HostRows[], length: number): HostRows {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const dim = parts.reduce((sum, { shape }) => sum + shape[1], 0);
  const data = new Float32Array(length * dim);
  let from = 0;
  for (const { data: part, shape } of parts) {
    for (let i = 0; i < length; i++) data.set(part.subarray(i * shape[1], (i + 1) * shape[1]), i * dim + from);
    from += shape[1];
  }
  return { data, shape: [length, dim] };
}

/** One k and one temperature; fewer neighbours than asked for when there are fewer images. */
function votes({ k, temperature }: { k: number; temperature: number }, train: ImageDataset) {
  return { ks: [Math.min(k, train.length)], temperatures: [temperature] };
}

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

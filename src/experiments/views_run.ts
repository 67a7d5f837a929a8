import type { HostRows } from "../bank/rows.ts";
import type { ImageDataset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import { isMultiView, type ViewImages } from "../data/multi_view.ts";
import { type ImageSource, makeResident } from "../data/views/resident.ts";
import { evaluationView, type ViewConfig } from "../data/views/view.ts";
import { InternalError, UsageError } from "../errors.ts";
import { centredPixelRows, pixelRows } from "../evaluate/baselines.ts";
import { crossViewRetrieval } from "../evaluate/cross_view.ts";
import { embed } from "../evaluate/embed.ts";
import { knn } from "../evaluate/knn.ts";
import { segmentationProbe } from "../evaluate/segment.ts";
import { majorityScores } from "../evaluate/segment_scores.ts";
import type { Gpu } from "../gpu/device.ts";
import type { Encoder, ImageEncoder } from "../nn/encoder.ts";
import { Session } from "../train/session.ts";
import { type LearnHost, learn } from "./learn.ts";
import { type ViewsCell, type ViewsPlan, viewsConfig } from "./views_plan.ts";

/** Measures by name (`measuresOf`), each 0 to 1. */
export type Figures = { readonly [measure: string]: number };

/** A cell that was run. */
export interface ViewsResult extends ViewsCell {
  readonly figures: Figures;
  /** Of the last training step; null for none. */
  readonly loss: number | null;
  readonly seconds: number;
  readonly adapter: string;
}

/**
 * Trains what a cell says and measures the encoder of the first view.
 * @throws NonFiniteError when a loss is not finite; UsageError for a plan that the data cannot serve; the signal's reason
 */
export async function runViewsCell(gpu: Gpu, plan: ViewsPlan, cell: ViewsCell, data: TrainTest, host: LearnHost): Promise<ViewsResult> {
  const started = performance.now();
  const session = await Session.create(gpu, viewsConfig(plan, cell), data);
  try {
    const loss = cell.views === 0 ? null : ((await learn(session, host)).at(-1)?.loss ?? null);
    const [encoder] = session.learner.encoders;
    if (!encoder) throw new InternalError("experiment views: there is no encoder");
    const figures =
      "k" in plan.probe ? await across(gpu, encoder, plan, data, plan.probe.k) : await segments(session, encoder, plan.probe, cell.seed);
    return { ...cell, figures, loss, seconds: (performance.now() - started) / 1000, adapter: gpu.name };
  } finally {
    session.close();
  }
}

/** What any encoder must beat. */
export async function viewsReference(gpu: Gpu, { order, probe }: ViewsPlan, data: TrainTest): Promise<Figures> {
  if ("k" in probe) {
    const rows = viewsOf(data.test).map((view) => ({ name: view.name, rows: centredPixelRows(sourceOf(data.test, view)) }));
    const recall = await crossViewRetrieval(gpu, rows);
    return { knn: await votes(gpu, pixelRows(data.train), pixelRows(data.test), data, probe.k), recall: recall?.mean[0] ?? 0 };
  }
  const { meanIoU, pixelAccuracy } = majorityScores(labelsOf(data.train, order), labelsOf(data.test, order));
  return { meanIoU, pixelAccuracy };
}

/** A linear decoder on the encoder's maps of the first view. */
async function segments(session: Session, encoder: Encoder, { epochs }: { readonly epochs: number }, seed: number): Promise<Figures> {
  const { gpu, config, data, train, test, learner } = session;
  if (!("maps" in encoder)) throw new UsageError(`experiment views: the encoder ${config.encoder.name} gives no maps to segment by`);
  const { maps } = encoder as ImageEncoder;
  const order = learner.views.views.map(({ name }) => name);
  const [images, held] = [train[0], test[0]];
  if (!images || !held) throw new InternalError("experiment views: no images on the device");
  const halves = {
    train: { images, labels: labelsOf(data.train, order) },
    test: { images: held, labels: labelsOf(data.test, order) },
  };
  const view = evaluationView(config.view as ViewConfig);
  const { meanIoU, pixelAccuracy } = await segmentationProbe(gpu, maps, halves, { epochs, seed, view });
  return { meanIoU, pixelAccuracy };
}

/** The one encoder of all views: kNN on the first, and how each held-out sample finds itself from view to view. */
async function across(gpu: Gpu, encoder: Encoder, { order, train: config }: ViewsPlan, data: TrainTest, k: number): Promise<Figures> {
  const options = { view: evaluationView(config.view as ViewConfig) };
  const rowsOf = async (images: ImageDataset, view: ViewImages): Promise<HostRows> => {
    const resident = makeResident(gpu, sourceOf(images, view));
    try {
      const features = await embed(gpu, (tape, x) => encoder.forward(tape, x), resident, options);
      return { data: features, shape: [images.length, encoder.dim] };
    } finally {
      resident.store.destroy();
    }
  };
  const [learned] = viewsOf(data.train);
  const held: { name: string; rows: HostRows }[] = [];
  for (const view of viewsOf(data.test)) if (order.includes(view.name)) held.push({ name: view.name, rows: await rowsOf(data.test, view) });
  const [first] = held;
  if (!learned || !first) throw new UsageError(`experiment views: the data has none of ${order.join(", ")}`);
  const recall = await crossViewRetrieval(gpu, held);
  return { knn: await votes(gpu, await rowsOf(data.train, learned), first.rows, data, k), recall: recall?.mean[0] ?? 0 };
}

async function votes(gpu: Gpu, candidates: HostRows, queries: HostRows, { train, test }: TrainTest, k: number): Promise<number> {
  if (!train.labels || !test.labels) throw new UsageError(`experiment views: ${train.name} has no labels`);
  const labels = { candidateLabels: train.labels, queryLabels: test.labels };
  const { scores } = await knn(gpu, { queries, candidates, ...labels, ks: [Math.min(k, train.length)] });
  return scores[0]?.accuracy ?? 0;
}

function viewsOf(images: ImageDataset): readonly ViewImages[] {
  if (isMultiView(images)) return images.views;
  throw new UsageError(`experiment views: ${images.name} has one view of each sample`);
}

/** The classes of all pixels: a view that no encoder sees. */
function labelsOf(images: ImageDataset, order: readonly string[]): ViewImages {
  const labels = viewsOf(images).find(({ kind, name }) => kind === "classes" && !order.includes(name));
  if (labels) return labels;
  throw new UsageError(`experiment views: ${images.name} has no view of classes that is not learned from`);
}

function sourceOf({ name, length }: ImageDataset, { name: view, channels, height, width, pixels }: ViewImages): ImageSource {
  return { name: `${name} ${view}`, length, channels, height, width, pixels: () => pixels() };
}

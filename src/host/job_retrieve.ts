import type { HostRows } from "../bank/rows.ts";
import { UsageError } from "../errors.ts";
import { kmeans, nmi } from "../evaluate/clustering.ts";
import { unitRows } from "../evaluate/meters.ts";
import { classRetrieval, type RetrievalResult } from "../evaluate/retrieval.ts";
import type { Gpu } from "../gpu/device.ts";
import { featuresOf, pixelsSeen, type WeightsJob, weightsIn } from "./frozen_encoder.ts";
import { dataOf } from "./job_data.ts";
import { labelsOf } from "./job_probe.ts";
import type { JobInputs } from "./jobs.ts";

export interface RetrieveJob extends WeightsJob {
  readonly kind: "retrieve";
  /** Numbers of neighbours; left out: 1, 5, 10. */
  readonly ks?: readonly number[] | undefined;
  /** Starts of k-means. */
  readonly restarts: number;
  readonly seed: number;
  /** Whether raw pixels and the untrained encoder are measured too. */
  readonly baselines: boolean;
}

export interface RetrieveFigures extends RetrievalResult {
  /** Normalised mutual information of k-means clusters and classes, 0 to 1. */
  readonly nmi: number;
  /** Numbers in a row of features. */
  readonly dim: number;
  /** Of the search, and of k-means. */
  readonly seconds: { readonly search: number; readonly clustering: number };
}

/** The one line of `nearfar retrieve`. */
export interface RetrieveDone extends RetrieveFigures {
  readonly event: "done";
  readonly baseline: { readonly pixels: RetrieveFigures; readonly untrained: RetrieveFigures } | null;
  readonly images: number;
  /** Classes among the images: as many clusters were sought. */
  readonly classes: number;
  readonly adapter: string;
}

/** Retrieval and clustering within the test images, each left out of its own list; for baselines, too. */
export async function runRetrieve(gpu: Gpu, job: RetrieveJob, { folder, data, signal, emit }: JobInputs): Promise<RetrieveDone> {
  const { test } = await dataOf(gpu, job.data, data);
  const labels = labelsOf(test);
  const classes = new Set(labels).size;
  const weights = await weightsIn(folder, job);
  const figures = async (what: string, found: () => Promise<HostRows | undefined>): Promise<RetrieveFigures> => {
    signal.throwIfAborted();
    emit({ event: "status", message: what });
    const rows = await found();
    if (!rows) throw new UsageError("retrieval needs test images");
    const started = performance.now();
    const result = await classRetrieval(gpu, rows, labels, job.ks);
    const searched = performance.now();
    // Of length 1, as the search takes them: then Euclidean clusters are clusters by cosine.
    const unit = { data: Float32Array.from(unitRows(rows).unit), shape: rows.shape };
    const { assignment } = kmeans(unit, classes, { restarts: job.restarts, seed: job.seed });
    const seconds = { search: (searched - started) / 1000, clustering: (performance.now() - searched) / 1000 };
    return { ...result, nmi: nmi(assignment, labels), dim: rows.shape[1], seconds };
  };
  const own = await figures("the encoder", async () => (await featuresOf(gpu, weights, job.name, [test]))[0]);
  const baseline = job.baselines && {
    pixels: await figures("raw pixels", async () => pixelsSeen(test, job.given.of)),
    untrained: await figures("the untrained encoder", async () => (await featuresOf(gpu, weights, job.name, [test], true))[0]),
  };
  return { event: "done", ...own, baseline: baseline || null, images: test.length, classes, adapter: gpu.name };
}

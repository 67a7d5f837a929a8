import { FormatError, UsageError } from "../errors.ts";
import type { KnnScore } from "../evaluate/knn.ts";
import type { Gpu } from "../gpu/device.ts";
import { CHECKPOINT } from "../train/checkpoint.ts";
import type { TrainConfig } from "../train/config.ts";
import type { DoneEvent } from "../train/events.ts";
import { parseCheckpoint, restore } from "../train/resume.ts";
import { openSession, type Votes } from "../train/run_session.ts";
import { runDataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

export interface EvaluateJob {
  readonly kind: "evaluate";
  /** The run's own, but for the number of test images and how neighbours vote. */
  readonly config: TrainConfig;
  /** Every k with every temperature; the first of each is the config's own. */
  readonly votes: Votes;
}

/** One way of voting and what it gives. */
export type KnnSetting = Pick<KnnScore, "k" | "temperature" | "accuracy" | "top5">;

/** The last and only line of `nearfar evaluate`: what `train` says at its end, and how the features are spread. */
export interface EvaluateDone extends DoneEvent {
  readonly meanCosine: number;
  readonly uniformity: number;
  readonly effectiveRank: number;
  readonly alignment: number | null;
  /** What samples are called, where they are no images. */
  readonly unit?: string;
  /** kNN with every setting asked for, k by k; empty without labels. */
  readonly grid: readonly KnnSetting[];
}

/**
 * Measures the encoder of the folder's checkpoint: the same kNN as training's last, with recomputed features.
 * @throws FormatError when the checkpoint is missing, damaged, or of another architecture or data
 */
export async function runEvaluate(gpu: Gpu, { config, votes }: EvaluateJob, { folder, ...given }: JobInputs): Promise<EvaluateDone> {
  if (!folder) throw new UsageError("evaluation needs a run folder");
  const started = performance.now();
  const data = await runDataOf(gpu, config.data, given);
  const bytes = await folder.read(CHECKPOINT);
  if (!bytes) throw new FormatError(`${CHECKPOINT}: not found in the run folder: there is nothing to evaluate`);
  const checkpoint = parseCheckpoint(bytes, CHECKPOINT);
  if (checkpoint.fingerprint !== data.train.fingerprint) {
    throw new FormatError(`${CHECKPOINT}: was trained on other data (${checkpoint.fingerprint}) than given (${data.train.fingerprint})`);
  }
  const session = await openSession(gpu, config, data, checkpoint.vocabulary);
  const appraiser = await session.appraiser();
  try {
    const same =
      JSON.stringify([config.data.test, config.evaluate]) === JSON.stringify([checkpoint.config.data.test, checkpoint.config.evaluate]);
    // Before the weights are restored the session holds the untrained encoder that the run began with.
    const baseline = same ? checkpoint.baseline : await appraiser.baseline();
    restore(session.state(), checkpoint, CHECKPOINT);
    const { evaluation, scores } = await appraiser.appraise(checkpoint.step, undefined, votes);
    const { knn, views, measures, meanCosine, uniformity, effectiveRank, alignment = null } = evaluation;
    return {
      event: "done",
      objective: session.objective.name,
      knn,
      ...(views && { views }),
      baseline,
      ...(measures && { measures }),
      ...(session.unit !== undefined && { unit: session.unit }),
      meanCosine,
      uniformity,
      effectiveRank,
      alignment,
      grid: scores.map(({ k, temperature, accuracy, top5 }) => ({ k, temperature, accuracy, top5 })),
      steps: checkpoint.step,
      seconds: (performance.now() - started) / 1000,
      adapter: gpu.name,
      checkpoint: CHECKPOINT,
    };
  } finally {
    appraiser.close();
    session.close();
  }
}

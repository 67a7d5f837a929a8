import { FormatError, UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { Appraiser } from "../train/appraise.ts";
import { CHECKPOINT, parseCheckpoint, restore } from "../train/checkpoint.ts";
import type { TrainConfig } from "../train/config.ts";
import type { DoneEvent } from "../train/events.ts";
import { Session } from "../train/session.ts";
import { dataOf } from "./job_data.ts";
import type { JobInputs } from "./jobs.ts";

export interface EvaluateJob {
  readonly kind: "evaluate";
  /** The run's own, but for the number of test images and how neighbours vote. */
  readonly config: TrainConfig;
}

/** The last and only line of `nearfar evaluate`: what `train` says at its end, and how the features are spread. */
export interface EvaluateDone extends DoneEvent {
  readonly meanCosine: number;
  readonly uniformity: number;
  readonly effectiveRank: number;
}

/**
 * Measures the encoder of the folder's checkpoint: the same kNN as training's last, with recomputed features.
 * @throws FormatError when the checkpoint is missing, damaged, or of another architecture or data
 */
export async function runEvaluate(gpu: Gpu, { config }: EvaluateJob, { folder, data: read }: JobInputs): Promise<EvaluateDone> {
  if (!folder) throw new UsageError("evaluation needs a run folder");
  const started = performance.now();
  const data = await dataOf(gpu, config.data, read);
  const bytes = await folder.read(CHECKPOINT);
  if (!bytes) throw new FormatError(`${CHECKPOINT}: not found in the run folder: there is nothing to evaluate`);
  const checkpoint = parseCheckpoint(bytes, CHECKPOINT);
  if (checkpoint.fingerprint !== data.train.fingerprint) {
    throw new FormatError(`${CHECKPOINT}: was trained on other data (${checkpoint.fingerprint}) than given (${data.train.fingerprint})`);
  }
  const session = new Session(gpu, config, data);
  const appraiser = new Appraiser(session);
  try {
    const same =
      JSON.stringify([config.data.test, config.evaluate]) === JSON.stringify([checkpoint.config.data.test, checkpoint.config.evaluate]);
    // Before the weights are restored the session holds the untrained encoder that the run began with.
    const baseline = same ? checkpoint.baseline : await appraiser.baseline();
    restore(session.state(), checkpoint, CHECKPOINT);
    const { knn, meanCosine, uniformity, effectiveRank } = (await appraiser.appraise(checkpoint.step, undefined)).evaluation;
    return {
      event: "done",
      objective: session.objective.name,
      knn,
      baseline,
      meanCosine,
      uniformity,
      effectiveRank,
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

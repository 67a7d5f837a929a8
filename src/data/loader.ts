import { UsageError } from "../errors.ts";
import { checkNames, checkNumber } from "../options.ts";
import { permutation } from "../random.ts";

/** What a loader needs to know. */
export interface LoaderOptions {
  /** Number of samples N. */
  readonly length: number;
  /** Samples a batch B, at most N. */
  readonly batchSize: number;
  /** Seed of the shuffle: an unsigned 32-bit integer. */
  readonly seed: number;
}

/** The samples of one training step. */
export interface LoaderStep {
  /** Counted from 0. */
  readonly epoch: number;
  /** Number of the batch within its epoch, from 0. */
  readonly batch: number;
  /** Sample numbers, [B], each once. */
  readonly indices: Uint32Array;
}

/**
 * Which samples each training step sees. A pure function of (options, step): nothing to save for a resume but the step number.
 * Every epoch is a fresh permutation of all samples, cut into full batches; the rest (below B) is dropped and differs each epoch.
 * A permutation has no repeats, so neither has a batch, which the memory bank relies on.
 */
export class Loader {
  readonly length: number;
  readonly batchSize: number;
  readonly seed: number;
  /** Full batches an epoch: floor(N / B). */
  readonly stepsPerEpoch: number;
  /** The permutation asked for last. Only saves time: the answer to `at` does not depend on it. */
  #order: { readonly epoch: number; readonly samples: Uint32Array } | undefined;

  /** @throws UsageError when a number is not an integer in its range, or the batch is larger than the data */
  constructor(options: LoaderOptions) {
    const { length, batchSize, seed } = options;
    const max = 2 ** 32 - 1;
    checkNames("loader", options, ["length", "batchSize", "seed"]);
    checkNumber("loader: number of samples", length, { min: 1, max, integer: true });
    checkNumber("loader: batch size", batchSize, { min: 1, max, integer: true });
    checkNumber("loader: seed", seed, { min: 0, max, integer: true });
    if (batchSize > length) {
      throw new UsageError(
        `loader: batch size ${batchSize}: expected at most ${length}, the number of samples. Use a smaller batch or more data`,
      );
    }
    this.length = length;
    this.batchSize = batchSize;
    this.seed = seed;
    this.stepsPerEpoch = Math.floor(length / batchSize);
  }

  /**
   * The batch of step `step`, counted from 0 over all epochs.
   * @throws UsageError when `step` is not an integer of 0 or more
   */
  at(step: number): LoaderStep {
    checkNumber("loader: step", step, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
    const epoch = Math.floor(step / this.stepsPerEpoch);
    const batch = step % this.stepsPerEpoch;
    const first = batch * this.batchSize;
    return { epoch, batch, indices: this.#samples(epoch).slice(first, first + this.batchSize) };
  }

  #samples(epoch: number): Uint32Array {
    if (this.#order?.epoch !== epoch) this.#order = { epoch, samples: permutation(this.length, this.seed, epoch) };
    return this.#order.samples;
  }
}

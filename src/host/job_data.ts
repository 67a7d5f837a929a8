import type { TrainTest } from "../data/mnist.ts";
import { ROOMS } from "../data/scenes/classes.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { type DataConfig, ownDataOptions } from "../train/data_config.ts";
import type { RunData } from "../train/run_session.ts";
import type { JobInputs } from "./jobs.ts";

/** Scenes where a config says "all": there is no end to them. */
const ALL = { train: 2000, test: 500 } as const;
/** Index of the first scene that is held out: no training set reaches it. */
const HELD_OUT = 2 ** 31;

/** Whether data is made on the GPU, by the job itself, instead of being read before. */
export const isMade = ({ name }: DataConfig): boolean => name === "scenes";

/** Number of samples that a config of made data asks for. */
export const madeCounts = ({ limit, test }: DataConfig) => ({ train: limit ?? ALL.train, test: test ?? ALL.test });

/** Class names of data that is made. */
export const MADE_CLASSES: readonly string[] = ROOMS;

/** What a run works with: clips of sound, texts, or images as `dataOf` says. @throws as `dataOf` */
export async function runDataOf(
  gpu: Gpu,
  config: DataConfig,
  { data, sounds, texts }: Pick<JobInputs, "data" | "sounds" | "texts">,
): Promise<RunData> {
  return sounds ?? texts ?? dataOf(gpu, config, data);
}

/**
 * The images that a job works with: what the host read, or, for data that is made, what its config describes: the same images on every
 * run, whatever the run's seed.
 * @throws UsageError when the host should have read data and has not, and for options of made data that cannot be
 */
export async function dataOf(gpu: Gpu, config: DataConfig, read: TrainTest | undefined): Promise<TrainTest> {
  if (!isMade(config)) {
    if (!read) throw new UsageError(`data ${config.name}: the job has none to work with`);
    return read;
  }
  const { scenes } = await import("../data/views/scenes.ts");
  const { train, test } = madeCounts(config);
  const kinds = config.classes ?? undefined;
  const options = { ...ownDataOptions(config), ...(kinds && { kinds }) };
  return {
    train: await scenes(gpu, { ...options, count: train, name: "scenes/train" }),
    test: await scenes(gpu, { ...options, count: test, from: HELD_OUT, name: "scenes/test" }),
  };
}

import type { TrainTest } from "../data/mnist.ts";
import { scenes } from "../data/views/scenes.ts";
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import type { DataConfig } from "../train/config.ts";

/** Scenes where a config says "all": there is no end to them. */
const ALL = { train: 2000, test: 500 } as const;
/** Index of the first scene that is held out: no training set reaches it. */
const HELD_OUT = 2 ** 31;

/** Whether data is made on the GPU, by the job itself, instead of being read before. */
export const isMade = ({ name }: DataConfig): boolean => name === "scenes";

/** Number of scenes that a config asks for. */
export const madeCounts = ({ limit, test }: DataConfig) => ({ train: limit ?? ALL.train, test: test ?? ALL.test });

/**
 * The data that a job works with: what the host read, or, for data that is made, what its config describes: the same images on every
 * run, whatever its seed.
 * @throws UsageError when the host should have read data and has not, and for options that made data does not have
 */
export async function dataOf(gpu: Gpu, config: DataConfig, read: TrainTest | undefined): Promise<TrainTest> {
  if (!isMade(config)) {
    if (!read) throw new UsageError(`data ${config.name}: the job has none to work with`);
    return read;
  }
  if (config.folder !== null) throw new UsageError(`--data ${config.name} is made, not read: leave --data-dir out`);
  const counts = madeCounts(config);
  const size = config.size ?? [32, 32];
  return {
    train: await scenes(gpu, { count: counts.train, size, name: "scenes/train" }),
    test: await scenes(gpu, { count: counts.test, size, from: HELD_OUT, name: "scenes/test" }),
  };
}

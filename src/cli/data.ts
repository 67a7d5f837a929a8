import { subset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import { readMnist } from "../host/files.ts";
import type { DataConfig } from "../train/config.ts";

/** Reads the data set that a config names and takes the part of it that the config asks for. @throws UsageError, FormatError */
export async function loadData({ folder, limit, test }: DataConfig): Promise<TrainTest> {
  const all = await readMnist(folder ?? undefined);
  return {
    train: limit === null ? all.train : subset(all.train, { limit }),
    test: test === null ? all.test : subset(all.test, { limit: test }),
  };
}

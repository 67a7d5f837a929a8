import { cifarFrom } from "../data/cifar.ts";
import { subset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import { UsageError } from "../errors.ts";
import { readMnist } from "../host/files.ts";
import { openSource } from "../host/sources.ts";
import type { DataConfig } from "../train/config.ts";

/** Reads the data set that a config names and takes the part of it that the config asks for. @throws UsageError, FormatError */
export async function loadData({ name, folder, limit, test }: DataConfig): Promise<TrainTest> {
  const all = await read(name, folder);
  return {
    train: limit === null ? all.train : subset(all.train, { limit }),
    test: test === null ? all.test : subset(all.test, { limit: test }),
  };
}

async function read(name: string, folder: string | null): Promise<TrainTest> {
  if (name === "mnist") return readMnist(folder ?? undefined);
  if (name !== "cifar10" && name !== "cifar100") throw new UsageError(`data: no reader for ${JSON.stringify(name)}`);
  if (folder === null) throw new UsageError(`--data ${name}: give its folder or .tar.gz (the binary version) with --data-dir`);
  return cifarFrom(await openSource(folder), name);
}

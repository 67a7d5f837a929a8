import { cifarFiles, cifarFrom } from "../data/cifar.ts";
import { httpSource } from "../data/http_source.ts";
import { subset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import type { Source } from "../data/source.ts";
import { STL10_FILES, stl10From } from "../data/stl10.ts";
import { UsageError } from "../errors.ts";
import { readMnist } from "../host/files.ts";
import { isMade } from "../host/job_data.ts";
import { openSource } from "../host/sources.ts";
import type { DataConfig } from "../train/config.ts";

/** As `loadData`; undefined for data that the job makes on its GPU. @throws UsageError, FormatError */
export async function readData(config: DataConfig): Promise<TrainTest | undefined> {
  return isMade(config) ? undefined : loadData(config);
}

/** Reads the data set that a config names and takes the part of it that the config asks for. @throws UsageError, FormatError */
export async function loadData(config: DataConfig): Promise<TrainTest> {
  const { name, folder, limit, test, size } = config;
  if (size) throw new UsageError(`--data ${name}: its images have a size of their own: leave --image-size out`);
  // Its files are too large to read whole and then take a part.
  if (name === "stl10" || name === "stl10-unlabeled") return stl10From(await sourceOf(config, STL10_FILES), name, { limit, test });
  const all = name === "cifar10" || name === "cifar100" ? await cifarFrom(await sourceOf(config, cifarFiles(name)), name) : undefined;
  if (!all && name !== "mnist") throw new UsageError(`data: no reader for ${JSON.stringify(name)}`);
  const { train, test: held } = all ?? (await readMnist(folder ?? undefined));
  return { train: limit === null ? train : subset(train, { limit }), test: test === null ? held : subset(held, { limit: test }) };
}

/** @param files what there may be to read: a web server has no list */
async function sourceOf({ name, folder }: DataConfig, files: readonly string[]): Promise<Source> {
  if (folder === null) throw new UsageError(`--data ${name}: give the folder of its files (the binary version) with --data-dir`);
  return /^https?:\/\//.test(folder) ? httpSource(folder, files) : openSource(folder);
}

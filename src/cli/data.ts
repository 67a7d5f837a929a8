import { cifarFiles, cifarFrom } from "../data/cifar.ts";
import { httpSource } from "../data/http_source.ts";
import { type ImageDataset, subset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import { isMultiView, multiViewSubset } from "../data/multi_view.ts";
import type { Source } from "../data/source.ts";
import { STL10_FILES, stl10From } from "../data/stl10.ts";
import { UsageError } from "../errors.ts";
import { readEmoji } from "../host/emoji.ts";
import { readMnist } from "../host/files.ts";
import { openSource } from "../host/sources.ts";
import type { DataConfig } from "../train/config.ts";

/** Reads the data set that a config names and takes the part of it that the config asks for. @throws UsageError, FormatError */
export async function loadData(config: DataConfig): Promise<TrainTest> {
  const { name, limit, test } = config;
  // Its files are too large to read whole and then take a part.
  if (name === "stl10" || name === "stl10-unlabeled") return stl10From(await sourceOf(config, STL10_FILES), name, { limit, test });
  const { train, test: held } = await readAll(config);
  return { train: firstOf(train, limit), test: firstOf(held, test) };
}

async function readAll(config: DataConfig): Promise<TrainTest> {
  const { name, folder, limit: _, test: __, ...own } = config;
  if (name === "mnist") return readMnist(folder ?? undefined);
  if (name === "cifar10" || name === "cifar100") return cifarFrom(await sourceOf(config, cifarFiles(name)), name);
  if (name !== "emoji") throw new UsageError(`data: no reader for ${JSON.stringify(name)}`);
  if (folder !== null) throw new UsageError("--data emoji is drawn from npm packages: leave --data-dir out");
  return readEmoji(own);
}

/** All views of the first samples. */
function firstOf(images: ImageDataset, limit: number | null): ImageDataset {
  if (limit === null) return images;
  return isMultiView(images) ? multiViewSubset(images, { limit }) : subset(images, { limit });
}

/** @param files what there may be to read: a web server has no list */
async function sourceOf({ name, folder }: DataConfig, files: readonly string[]): Promise<Source> {
  if (folder === null) throw new UsageError(`--data ${name}: give the folder of its files (the binary version) with --data-dir`);
  return /^https?:\/\//.test(folder) ? httpSource(folder, files) : openSource(folder);
}

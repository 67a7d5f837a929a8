import { cifarFiles, cifarFrom } from "../data/cifar.ts";
import { firstOf, ofClasses } from "../data/classes.ts";
import { httpSource } from "../data/http_source.ts";
import { imageFolderFrom } from "../data/image_folder.ts";
import type { TrainTest } from "../data/mnist.ts";
import { subsetOf } from "../data/multi_view.ts";
import { NPY_FILES, npyFrom } from "../data/npy.ts";
import { readWhole, type Source } from "../data/source.ts";
import { STL10_FILES, stl10From } from "../data/stl10.ts";
import { UsageError } from "../errors.ts";
import { readEmoji } from "../host/emoji.ts";
import { readMnist } from "../host/files.ts";
import { nodeImageDecoder } from "../host/image_decoder.ts";
import { isMade } from "../host/job_data.ts";
import { readNyu } from "../host/nyu.ts";
import { archiveSource, openSource } from "../host/sources.ts";
import { checkData, type DataConfig, isSequential, ownDataOptions } from "../train/data_config.ts";

/** Levels of folders that are looked into for images: parts, classes, and folders within those. */
const IMAGE_LEVELS = 6;

/** As `loadData`; undefined for data that the job makes on its GPU. @throws UsageError, FormatError */
export async function readData(config: DataConfig, warn?: (message: string) => void): Promise<TrainTest | undefined> {
  checkData(config);
  if (!isMade(config)) return loadData(config, warn);
  if (config.folder !== null) throw new UsageError(`--data ${config.name} is made, not read: leave --data-dir out`);
  return undefined;
}

/**
 * Reads the data set that a config names and takes the part of it that the config asks for.
 * @param warn called with what a person should know about the files
 * @throws UsageError, FormatError
 */
export async function loadData(config: DataConfig, warn: (message: string) => void = () => {}): Promise<TrainTest> {
  checkData(config);
  const { name, limit, test, classes } = config;
  if (classes) {
    const all = await loadData({ ...config, limit: null, test: null, classes: null }, warn);
    return { train: firstOf(ofClasses(all.train, classes), limit), test: firstOf(ofClasses(all.test, classes), test) };
  }
  if (isSequential(name)) throw new UsageError(`--data ${name}: this needs images, not sound or text`);
  const own = ownDataOptions(config);
  switch (name) {
    // These take a part by themselves: their files are too large, or too many, to read whole first.
    case "images": {
      const { background, ...options } = own;
      const decode = nodeImageDecoder(typeof background === "number" ? { background } : {});
      return imageFolderFrom(await imageSource(config), decode, { ...options, limit, test, warn });
    }
    case "nyu":
      return readNyu(config.folder, { ...own, limit, test });
    case "npy":
      return npyFrom(await sourceOf(config, NPY_FILES), { ...own, limit, test });
    case "stl10":
    case "stl10-unlabeled":
      return stl10From(await sourceOf(config, STL10_FILES), name, { limit, test });
    default: {
      const all = await readAll(config);
      // More than there are is an error.
      return {
        train: limit === null ? all.train : subsetOf(all.train, { limit }),
        test: test === null ? all.test : subsetOf(all.test, { limit: test }),
      };
    }
  }
}

async function readAll(config: DataConfig): Promise<TrainTest> {
  const { name, folder } = config;
  if (name === "mnist") return readMnist(folder ?? undefined);
  if (name === "cifar10" || name === "cifar100") return cifarFrom(await sourceOf(config, cifarFiles(name)), name);
  if (name !== "emoji") throw new UsageError(`data: no reader for ${JSON.stringify(name)}`);
  if (folder !== null) throw new UsageError("--data emoji is drawn from npm packages: leave --data-dir out");
  return readEmoji(ownDataOptions(config));
}

/** @param files what there may be to read: a web server has no list */
async function sourceOf({ name, folder }: DataConfig, files: readonly string[]): Promise<Source> {
  if (folder === null) throw new UsageError(`--data ${name}: give the folder of its files with --data-dir`);
  return isUrl(folder) ? httpSource(folder, files) : openSource(folder);
}

/** A folder with all levels that images need, or an archive from the disk or the web. */
async function imageSource({ folder }: DataConfig): Promise<Source> {
  if (folder === null) throw new UsageError("--data images: give the folder of the images, or its .tar.gz, with --data-dir");
  if (!isUrl(folder)) return openSource(folder, IMAGE_LEVELS);
  const slash = folder.lastIndexOf("/");
  const file = folder.slice(slash + 1);
  if (!/\.(?:tar|tar\.gz|tgz)$/.test(file)) {
    throw new UsageError(`--data-dir ${folder}: a web server does not list its files: give the URL of a .tar.gz, or download the folder`);
  }
  return archiveSource((await readWhole(httpSource(folder.slice(0, slash), [file]), file)).bytes, folder);
}

const isUrl = (folder: string): boolean => /^https?:\/\//.test(folder);

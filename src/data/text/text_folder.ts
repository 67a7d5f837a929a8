import { FormatError, UsageError } from "../../errors.ts";
import { fault } from "../../formats/fault.ts";
import { checkNames, checkNumber } from "../../options.ts";
import { type FileKind, listFiles } from "../file_listing.ts";
import { counted, listed } from "../folder_layout.ts";
import { inOrder } from "../in_order.ts";
import { labelsAt } from "../sound.ts";
import { readLabelled } from "../sound_labels.ts";
import { firstClips, type SplitOptions, splitClips } from "../sound_split.ts";
import { readWhole, type Source } from "../source.ts";
import { hasWords, subsetOfTexts, type TextDataset, type TextTrainTest, textDataset } from "./texts.ts";

/** How much of some texts is used, and which of them are held out; null counts as left out. */
export interface TextSplitOptions extends SplitOptions {
  /** How many training documents, as many of each value of the first label as possible. Default all. */
  readonly limit?: number | null;
  /** How many held-out documents at most, likewise. */
  readonly test?: number | null;
  /** Called with what a person should know. */
  readonly warn?: (message: string) => void;
}

/** What `textFolderFrom` accepts; null counts as left out. */
export interface TextFolderOptions extends TextSplitOptions {
  /** Pattern that file names are labelled by (`labelsByPattern`). Default: by `documents.tsv`, or else by folder, `{class}/*`, or not at all. */
  readonly labels?: string | null;
  /** Leave files out that are empty or not UTF-8, with a warning, instead of refusing the folder. Default false. */
  readonly skipBad?: boolean | null;
}

const DOCUMENTS: FileKind = {
  what: "document",
  files: /\.txt$/i,
  named: "text files (.txt)",
  others: /\.(?!txt$)\w+$/i,
  list: "documents.tsv",
};
const SPLIT_NAMES = ["trainList", "testList", "holdOut", "holdOutBy", "limit", "test", "warn"];

/**
 * The .txt files of a folder, UTF-8, each a document; labels and numbers by their names as those of clips (`listFiles`), parts as `splitClips` says.
 * @param name what the data set is called
 * @throws UsageError without such files, and as `labelsByPattern` and `splitTexts`; FormatError naming an empty file, or the byte that is no UTF-8
 */
export async function textFolderFrom(source: Source, options: TextFolderOptions = {}, name = "text"): Promise<TextTrainTest> {
  const { labels, skipBad, ...split } = options;
  if (typeof (labels ?? "") !== "string") throw new UsageError(`${name}: labels: expected a pattern, got ${JSON.stringify(labels)}`);
  if (typeof (skipBad ?? false) !== "boolean")
    throw new UsageError(`${name}: skipBad: expected true or false, got ${JSON.stringify(skipBad)}`);
  check(split, name);
  const listing = await listFiles(source, DOCUMENTS, options, name);
  const documents: string[] = [];
  const good: number[] = [];
  const bad: string[] = [];
  await inOrder(
    [...listing.paths.entries()],
    async ([, path]) => readText(source, path),
    ([i, path], result) => {
      if (!(result instanceof Error)) documents[good.push(i) - 1] = result;
      else if (skipBad && result instanceof FormatError) bad.push(path);
      else throw result;
    },
  );
  if (bad.length > 0) options.warn?.(`${source.name}: ${counted(bad.length, "file")} left out, empty or no UTF-8: ${listed(bad)}`);
  const kept = Uint32Array.from(good);
  const documentNames = good.map((i) => listing.paths[i] ?? "");
  return splitTexts(textDataset({ name, documents, documentNames, labels: labelsAt(listing.labels, kept) }), split, bad);
}

/**
 * Documents of a table, one a line: see `readLabelled`. The first column is `text`, the others are labels.
 * @param file what errors call it
 * @throws FormatError naming the line, UsageError as `splitTexts`
 */
export function textTableFrom(bytes: Uint8Array, file: string, options: TextSplitOptions = {}, name = "text"): TextTrainTest {
  check(options, name);
  const { first, labels } = readLabelled(decoded(bytes, file), file, { name: "text", what: "document" });
  const documentNames = first.map((_, i) => `line ${i + 2}`);
  return splitTexts(textDataset({ name, documents: first, documentNames, labels }), options);
}

/**
 * Parts of texts, as `splitClips` says.
 * @param dropped names that lists may have although their documents are not here
 * @throws UsageError, FormatError as `splitClips`; UsageError for a `limit` of more than there are
 */
export function splitTexts(all: TextDataset, options: TextSplitOptions = {}, dropped: readonly string[] = []): TextTrainTest {
  const { limit, test, warn = () => {} } = options;
  const { name, documentNames: paths, labels } = all;
  const split = splitClips({ name, paths, labels, dropped, what: "document", warn }, options);
  const part = (documents: Uint32Array, most: number | null | undefined, of: string) => {
    const first = firstClips(documents, labels, most);
    return subsetOfTexts(all, first.chosen, `${name}/${of}${first.of}`);
  };
  return { train: part(split.train, limit, "train"), test: part(split.test, test && Math.min(test, split.test.length), "test") };
}

async function readText(source: Source, path: string): Promise<string> {
  const { name, bytes } = await readWhole(source, path);
  const text = decoded(bytes, name);
  if (!hasWords(text))
    throw fault(name, `${bytes.length} bytes`, "a document", "no word: leave the file out, or all such (skipBad; --skip-bad)");
  return text;
}

function decoded(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    const at = firstBad(bytes);
    throw fault(file, `byte ${at}`, "UTF-8", `0x${bytes[at]?.toString(16).padStart(2, "0")}`, { cause });
  }
}

/** Where the first letter begins that is no UTF-8. */
function firstBad(bytes: Uint8Array): number {
  // A piece may end within a letter: that is then held back.
  const begun = (length: number) =>
    new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.subarray(0, length), { stream: true });
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    try {
      begun(middle);
      good = middle;
    } catch {
      bad = middle;
    }
  }
  return new TextEncoder().encode(begun(good)).length;
}

function check(options: TextSplitOptions, name: string): void {
  checkNames(name, options, SPLIT_NAMES);
  const { holdOut, holdOutBy } = options;
  if (holdOut !== null && holdOut !== undefined) checkNumber(`${name}: holdOut`, holdOut, { min: 2, integer: true });
  if (typeof (holdOutBy ?? "") !== "string")
    throw new UsageError(`${name}: holdOutBy: expected the name of a label, got ${JSON.stringify(holdOutBy)}`);
}

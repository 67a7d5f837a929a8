import { FormatError, UsageError } from "../errors.ts";
import { bytewise, counted, isHidden, listed } from "./folder_layout.ts";
import { type LabelTable, labelsByPattern, readLabelled } from "./sound_labels.ts";
import { readWhole, type Source } from "./source.ts";

/** Files that a data set is made of, one a sample. */
export interface FileKind {
  /** What people call a sample: "clip". */
  readonly what: string;
  /** Paths of such files. */
  readonly files: RegExp;
  /** For people: "WAV or FLAC files (.wav, .flac)". */
  readonly named: string;
  /** Paths that somebody may have meant: passed over, with a warning. */
  readonly others: RegExp;
  /** The list that is used when a folder has it and no pattern is given: see `readLabelled`. */
  readonly list: string;
}

/** Files of a folder, and what is known of them by their names. */
export interface FileListing {
  readonly paths: readonly string[];
  readonly labels: LabelTable;
}

export interface ListingOptions {
  /** Pattern that file names are labelled by (`labelsByPattern`). */
  readonly labels?: string | null;
  readonly warn?: (message: string) => void;
}

/**
 * The files of a kind, sorted bytewise by path or in the order of the list, and their labels: by a pattern, by the list in the folder, by folders
 * (`{class}/*`), or none. Files and folders whose name begins with a dot do not exist.
 * @param name what errors call the data
 * @throws UsageError without such files, for files beside the class folders, and as `labelsByPattern`; FormatError as `readLabelled`
 */
export async function listFiles(
  source: Source,
  kind: FileKind,
  { labels, warn = () => {} }: ListingOptions,
  name: string,
): Promise<FileListing> {
  const visible = (await source.list()).filter((path) => !isHidden(path));
  const paths = bytewise(visible.filter((path) => kind.files.test(path)));
  if (paths.length === 0) throw new UsageError(`${source.name}: no ${kind.named} among ${visible.length} files`);
  const others = visible.filter((path) => path !== kind.list && kind.others.test(path));
  if (others.length > 0) warn(`${source.name}: ${counted(others.length, "file")} passed over, no ${kind.named}: ${listed(others)}`);
  if (labels) return { paths, labels: labelsByPattern(paths, labels, name) };
  if (visible.includes(kind.list)) return fromList(source, kind, paths, warn);
  const inFolders = paths.filter((path) => path.includes("/"));
  if (inFolders.length === paths.length) return { paths, labels: labelsByPattern(paths, "{class}/*", name) };
  if (inFolders.length === 0) return { paths, labels: {} };
  const direct = paths.filter((path) => !path.includes("/"));
  throw new UsageError(
    `${source.name}: ${counted(direct.length, kind.what)} beside the folders (${listed(direct)}): give every ${kind.what} a class folder, or none, or a pattern of labels (labels; --labels)`,
  );
}

async function fromList(source: Source, kind: FileKind, paths: readonly string[], warn: (message: string) => void): Promise<FileListing> {
  const { name, bytes } = await readWhole(source, kind.list);
  const { first, labels } = readLabelled(new TextDecoder().decode(bytes), name, { name: "path", what: kind.what });
  const [there, wanted] = [new Set(paths), new Set(first)];
  const missing = first.filter((path) => !there.has(path));
  if (missing.length > 0)
    throw new FormatError(`${name}: ${counted(missing.length, kind.what)} of the list not in the folder: ${listed(missing)}`);
  const more = paths.filter((path) => !wanted.has(path));
  if (more.length > 0) warn(`${source.name}: ${counted(more.length, "file")} not in ${kind.list}, left out: ${listed(more)}`);
  return { paths: first, labels };
}

import { UsageError } from "../errors.ts";

/** Files to read data sets from, wherever they lie. Paths use `/`. */
export interface Source {
  /** What errors call it: a folder, an archive. */
  readonly name: string;
  /** Paths of all files, sorted. */
  list(): Promise<readonly string[]>;
  /** Paths of folders, empty ones too, where the source can tell: a list of files does not show those. */
  folders?(): Promise<readonly string[]>;
  /** Bytes of a file. @throws UsageError when it cannot be read */
  size(path: string): Promise<number>;
  /**
   * `length` bytes from `offset`, all of them; treat them as read-only.
   * @throws UsageError when they are not there or cannot be read
   */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
}

/** Files of a page: of an `<input type="file">`, a folder picked with `webkitdirectory`, a drop. Read by `Blob.slice`. */
export function filesSource(files: Iterable<File>, name = "files"): Source {
  const byPath = new Map(Array.from(files, (file) => [file.webkitRelativePath || file.name, file]));
  return blobsSource(byPath, name);
}

/** Blobs by path. @throws UsageError from its methods for a path that is not there and bytes past the end */
export function blobsSource(blobs: ReadonlyMap<string, Blob>, name = "files"): Source {
  const blob = (path: string): Blob => {
    const found = blobs.get(path);
    if (!found) throw new UsageError(`${name}: no file ${path}`);
    return found;
  };
  return {
    name,
    list: async () => [...blobs.keys()].sort(),
    size: async (path) => blob(path).size,
    async read(path, offset, length) {
      checkRange(`${name}/${path}`, blob(path).size, offset, length);
      try {
        return new Uint8Array(
          await blob(path)
            .slice(offset, offset + length)
            .arrayBuffer(),
        );
      } catch (cause) {
        throw new UsageError(`${name}/${path}: cannot be read`, { cause });
      }
    },
  };
}

/** Files in memory by path, such as those of an archive; what is read shares their memory. */
export function memorySource(files: ReadonlyMap<string, Uint8Array>, name: string): Source {
  const bytes = (path: string): Uint8Array => {
    const found = files.get(path);
    if (!found) throw new UsageError(`${name}: no file ${path}`);
    return found;
  };
  return {
    name,
    list: async () => [...files.keys()].sort(),
    size: async (path) => bytes(path).length,
    async read(path, offset, length) {
      checkRange(`${name}/${path}`, bytes(path).length, offset, length);
      return bytes(path).subarray(offset, offset + length);
    },
  };
}

/** A whole file, and what errors call it. */
export async function readWhole(source: Source, path: string): Promise<{ name: string; bytes: Uint8Array }> {
  return { name: `${source.name}/${path}`, bytes: await source.read(path, 0, await source.size(path)) };
}

/**
 * The one folder of the source that holds all of `files`: "" or a path that ends in a slash.
 * @throws UsageError naming what is missing, or the folders when several hold them
 */
export async function folderWith(source: Source, files: readonly string[], what: string): Promise<string> {
  const paths = await source.list();
  const known = new Set(paths);
  const folders = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/") + 1)))];
  const holding = folders.filter((folder) => files.every((file) => known.has(folder + file)));
  const [folder, second] = holding;
  if (folder === undefined) {
    const best = folders.map((candidate) => files.filter((file) => !known.has(candidate + file)));
    const missing = best.reduce((least, list) => (list.length < least.length ? list : least), files);
    throw new UsageError(`${source.name}: no ${missing.join(", ")}: expected the files of ${what} (${files.join(", ")}) in one folder`);
  }
  if (second !== undefined)
    throw new UsageError(`${source.name}: the files of ${what} lie in ${holding.map((at) => `"${at}"`).join(" and ")}: give one of them`);
  return folder;
}

/** @throws UsageError unless the bytes are inside a file of `size` bytes */
export function checkRange(what: string, size: number, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!whole || offset + length > size)
    throw new UsageError(`${what}: bytes ${offset} to ${offset + length} asked for, the file has ${size}`);
}

import { UsageError } from "../errors.ts";
import { checkRange, type Source } from "./source.ts";

/** What is used of a page's `FileSystemDirectoryHandle` (`showDirectoryPicker()`, a drop, or the page's own storage). */
export interface DirectoryHandle {
  readonly name: string;
  values(): AsyncIterable<{ readonly kind: "file" | "directory"; readonly name: string }>;
  getDirectoryHandle(name: string): Promise<DirectoryHandle>;
  getFileHandle(name: string): Promise<{ getFile(): Promise<Blob> }>;
}

interface Tree {
  readonly folders: readonly string[];
  /** Folder handle and name of each file, by path. */
  readonly files: ReadonlyMap<string, readonly [DirectoryHandle, string]>;
}

/**
 * The files of a folder that a person gave to a page, read by `Blob.slice`. It is walked through once, at the first question.
 * @param depth how many levels of folders below it are looked into
 * @throws UsageError from its methods: no such file, no permission, or a file that changed or went away
 */
export function directorySource(handle: DirectoryHandle, depth = 6): Source {
  let walk: Promise<Tree> | undefined;
  const tree = () => {
    walk ??= treeOf(handle, depth);
    return walk;
  };
  const fileAt = async (path: string): Promise<Blob> => {
    const found = (await tree()).files.get(path);
    if (!found) throw new UsageError(`${handle.name}: no file ${path}`);
    const [folder, name] = found;
    return guarded(`${handle.name}/${path}`, async () => (await folder.getFileHandle(name)).getFile());
  };
  return {
    name: handle.name,
    list: async () => [...(await tree()).files.keys()].sort(),
    folders: async () => (await tree()).folders,
    size: async (path) => (await fileAt(path)).size,
    async read(path, offset, length) {
      const file = await fileAt(path);
      checkRange(`${handle.name}/${path}`, file.size, offset, length);
      return guarded(`${handle.name}/${path}`, async () => new Uint8Array(await file.slice(offset, offset + length).arrayBuffer()));
    },
  };
}

async function treeOf(root: DirectoryHandle, depth: number): Promise<Tree> {
  const files = new Map<string, readonly [DirectoryHandle, string]>();
  const folders: string[] = [];
  const visit = async (folder: DirectoryHandle, prefix: string): Promise<void> => {
    for await (const { kind, name } of folder.values()) {
      const path = prefix + name;
      if (kind === "file") files.set(path, [folder, name]);
      else folders.push(path);
      if (kind === "directory" && path.split("/").length <= depth) await visit(await folder.getDirectoryHandle(name), `${path}/`);
    }
  };
  await guarded(root.name, () => visit(root, ""));
  return { files, folders: folders.sort() };
}

async function guarded<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    throw new UsageError(`${what}: cannot be read: give the page access to the folder again`, { cause });
  }
}

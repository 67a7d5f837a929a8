import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkRange, memorySource, type Source } from "../data/source.ts";
import { UsageError } from "../errors.ts";
import { gunzip } from "../formats/gzip.ts";
import { readTar } from "../formats/tar.ts";

/** Most bytes of an archive, packed or unpacked: it is held in memory. */
const MAX_ARCHIVE = 2 ** 30;

/**
 * The files of a folder, or of a tar archive (`.tar.gz` or plain, up to 1 GiB).
 * @param depth of a folder, as `folderSource`
 * @throws UsageError when it is not there, FormatError when the archive is damaged or hostile, as `readTar`
 */
export async function openSource(path: string, depth?: number): Promise<Source> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: no such folder or archive`, { cause });
  });
  if (info.isDirectory()) return folderSource(path, depth);
  if (info.size > MAX_ARCHIVE) throw new UsageError(`${path}: ${info.size} bytes: unpack archives of more than 1 GiB and give the folder`);
  const packed = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: cannot be read`, { cause });
  });
  return archiveSource(packed, path);
}

/** The files of a tar archive in memory, packed or plain. @throws FormatError as `openSource` */
export async function archiveSource(bytes: Uint8Array, name: string): Promise<Source> {
  return memorySource(readTar(await gunzip(bytes, { name, limit: MAX_ARCHIVE }), name), name);
}

/** Folders below another one, and files: links count as what they lead to. */
interface Listing {
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/**
 * The files of a folder, read by ranges.
 * @param depth how many levels of folders below it are looked into: by default, those directly in it
 * @throws UsageError from its methods
 */
export function folderSource(dir: string, depth = 1): Source {
  const failed = (path: string) => (cause: unknown) => {
    throw cause instanceof UsageError ? cause : new UsageError(`${path}: cannot be read`, { cause });
  };
  const size = async (path: string) => (await stat(join(dir, path)).catch(failed(join(dir, path)))).size;
  const isFolder = async (path: string) => (await stat(join(dir, path)).catch(() => undefined))?.isDirectory() ?? false;
  const walk = async (below: string, levels: number): Promise<Listing> => {
    const entries = await readdir(join(dir, below), { withFileTypes: true }).catch(failed(join(dir, below)));
    const listings = entries.map(async (entry): Promise<Listing> => {
      const path = below + entry.name;
      // A link that leads nowhere is a file, and will say so when it is read.
      if (!(entry.isSymbolicLink() ? await isFolder(path) : entry.isDirectory())) return { files: [path], folders: [] };
      const inner = levels > 0 ? await walk(`${path}/`, levels - 1) : { files: [], folders: [] };
      return { files: inner.files, folders: [path, ...inner.folders] };
    });
    const all = await Promise.all(listings);
    return { files: all.flatMap(({ files }) => files), folders: all.flatMap(({ folders }) => folders) };
  };
  return {
    name: dir,
    list: async () => [...(await walk("", depth)).files].sort(),
    folders: async () => [...(await walk("", depth)).folders].sort(),
    size,
    async read(path, offset, length) {
      checkRange(join(dir, path), await size(path), offset, length);
      return readRange(join(dir, path), offset, length).catch(failed(join(dir, path)));
    },
  };
}

/** In pieces: one read call returns at most 2 GiB, and may return less than was asked for. */
async function readRange(path: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const file = await open(path);
  try {
    for (let done = 0; done < length; ) {
      const { bytesRead } = await file.read(bytes, done, Math.min(length - done, 2 ** 26), offset + done);
      if (bytesRead === 0) throw new UsageError(`${path}: became shorter while it was read`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

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
 * @throws UsageError when it is not there, FormatError when the archive is damaged or hostile, as `readTar`
 */
export async function openSource(path: string): Promise<Source> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: no such folder or archive`, { cause });
  });
  if (info.isDirectory()) return folderSource(path);
  if (info.size > MAX_ARCHIVE) throw new UsageError(`${path}: ${info.size} bytes: unpack archives of more than 1 GiB and give the folder`);
  const packed = await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`${path}: cannot be read`, { cause });
  });
  return memorySource(readTar(await gunzip(packed, { name: path, limit: MAX_ARCHIVE }), path), path);
}

/** The files of a folder and of the folders directly in it, read by ranges. @throws UsageError from its methods */
export function folderSource(dir: string): Source {
  const failed = (path: string) => (cause: unknown) => {
    throw cause instanceof UsageError ? cause : new UsageError(`${path}: cannot be read`, { cause });
  };
  const size = async (path: string) => (await stat(join(dir, path)).catch(failed(join(dir, path)))).size;
  const filesIn = async (below: string) => {
    const entries = await readdir(join(dir, below), { withFileTypes: true }).catch(failed(join(dir, below)));
    return entries.map((entry) => ({ path: below + entry.name, folder: entry.isDirectory() }));
  };
  return {
    name: dir,
    async list() {
      const top = await filesIn("");
      const inner = await Promise.all(top.filter(({ folder }) => folder).map(({ path }) => filesIn(`${path}/`)));
      return [...top, ...inner.flat()]
        .filter(({ folder }) => !folder)
        .map(({ path }) => path)
        .sort();
    },
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

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { readSafetensors, takeTensor, writeSafetensors } from "../formats/safetensors.ts";
import { TEMPORARY, writeAtomically } from "./atomic_write.ts";

/** The folder for things that can be made again, perhaps not there yet: NEARFAR_CACHE, else the user's cache folder. */
export function cacheFolder(): string {
  const base = process.env.NEARFAR_CACHE ?? process.env.XDG_CACHE_HOME;
  return join(base ?? join(homedir(), ".cache"), "nearfar");
}

/** Makes the cache folder. A home that cannot be written (containers, CI) is common; the temporary folder always can. */
export async function madeCacheFolder(): Promise<string> {
  let cache = cacheFolder();
  await mkdir(cache, { recursive: true }).catch(async () => {
    cache = join(tmpdir(), "nearfar");
    await mkdir(cache, { recursive: true });
  });
  return cache;
}

/** Name of a folder that is not complete yet: the next one who unpacks something removes those that were abandoned. */
export const partialName = (name: string): string => `.partial-${name}-${randomUUID()}`;

/** Whether an entry of the cache is not complete: a folder being filled, or a file being written. */
export const isPartial = (entry: string): boolean => entry.startsWith(".partial-") || TEMPORARY.test(entry);

/**
 * Images that take time to make, kept from one process to the next as a safetensors file. One that is damaged, or was made from
 * something else, is made again; two processes at once make the same file, and each puts it in place whole.
 * @param name begins the file's name
 * @param key everything that decides the pixels
 */
export async function cachedImages(
  name: string,
  key: string,
  shape: readonly number[],
  make: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array> {
  const folder = await madeCacheFolder();
  const file = `${name}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}.safetensors`;
  const kept = await keptImages(join(folder, file), key, shape);
  if (kept) return kept;
  const data = await make();
  const bytes = writeSafetensors(new Map([["images", { dtype: "U8", shape: [...shape], data }]]), { key });
  // A full disk costs the next process these seconds again, but not this one its images.
  await writeAtomically(join(folder, file), bytes).catch(() => {});
  return data;
}

async function keptImages(path: string, key: string, shape: readonly number[]): Promise<Uint8Array | undefined> {
  try {
    const file = readSafetensors(await readFile(path), { name: path, checksum: "required" });
    return file.metadata.get("key") === key ? takeTensor(file, "images", "U8", shape) : undefined;
  } catch {
    return undefined; // not there, or damaged
  }
}

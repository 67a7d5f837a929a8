import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Tuning, type Tunings, tuningName } from "../tuning/record.ts";
import { writeAtomically } from "./atomic_write.ts";
import { cacheFolder, madeCacheFolder } from "./cache.ts";

const TUNING = /^tuning-.*\.json$/;

/** All that was kept on this machine, by file name. */
export async function keptTunings(): Promise<Tunings> {
  const folder = cacheFolder();
  const names = (await readdir(folder).catch(() => [])).filter((name) => TUNING.test(name));
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), "utf8").catch(() => "")] as const));
  return Object.fromEntries(texts);
}

/** @returns where it is kept */
export async function keepTuning(tuning: Tuning, where: "dawn" | "chrome"): Promise<string> {
  const path = join(await madeCacheFolder(), tuningName(tuning.adapter, where));
  await writeAtomically(path, `${JSON.stringify(tuning, null, 2)}\n`);
  return path;
}

/** Forgets all measurements. @returns the files that are gone */
export async function clearTunings(): Promise<string[]> {
  const paths = Object.keys(await keptTunings()).map((name) => join(cacheFolder(), name));
  for (const path of paths) await rm(path);
  return paths;
}

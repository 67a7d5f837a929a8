import { rmdirSync } from "node:fs";
import { appendFile, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import type { RunFolder } from "../train/folder.ts";
import { TEMPORARY, writeAtomically } from "./atomic_write.ts";
import { LOCK_NAME, lockFolder } from "./run_lock.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** A run folder on disk, held by this process until it is closed. */
export interface OpenRunFolder extends RunFolder {
  /** Path as it was given. */
  readonly dir: string;
  /** Lets go of the folder. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * "new": the folder must be empty or not exist yet, so that nothing is overwritten. "existing": it must exist. "reading": it must
 * exist, and is neither locked nor cleared up: another process may work in it.
 */
export type FolderState = "new" | "existing" | "reading";

/**
 * Opens a run folder and locks it, so that two processes cannot write the same run. What a killed process left behind
 * (its lock, half-written temporary files) is cleared away.
 * @throws UsageError when the folder is not as `state` says, is held by another process, or cannot be written
 */
export async function openRunFolder(dir: string, state: FolderState): Promise<OpenRunFolder> {
  const before = await entries(dir);
  if (state !== "new" && before === undefined) throw new UsageError(`${dir}: no such run folder`);
  if (state === "reading") return new DiskFolder(dir, () => {});
  await mkdir(dir, { recursive: true }).catch((cause: unknown) => {
    throw new UsageError(`${dir}: the run folder cannot be made: ${reason(cause)}`, { cause });
  });
  const unlock = await lockFolder(dir);
  try {
    // Looked at once more: only under the lock it is certain that nobody else is about to fill the folder.
    const found = (await entries(dir)) ?? [];
    for (const name of found.filter((entry) => TEMPORARY.test(entry))) await rm(join(dir, name), { force: true });
    const kept = found.filter((name) => name !== LOCK_NAME && !TEMPORARY.test(name));
    if (state === "new" && kept.length > 0) {
      throw new UsageError(
        `${dir}: the folder is not empty (${kept.slice(0, 3).join(", ")}${kept.length > 3 ? ", ..." : ""}), and nothing is overwritten. ` +
          `Continue that run with --resume ${dir}, or name another folder with --out`,
      );
    }
  } catch (error) {
    unlock();
    throw error;
  }
  return new DiskFolder(dir, before === undefined ? () => unlockAndLeaveNothing(dir, unlock) : unlock);
}

/** A folder made for a run that never wrote anything is not left behind. */
function unlockAndLeaveNothing(dir: string, unlock: () => void): void {
  unlock();
  try {
    rmdirSync(dir); // only succeeds while it is empty
  } catch {
    // The run's files are in it, or another process has just taken it.
  }
}

class DiskFolder implements OpenRunFolder {
  constructor(
    readonly dir: string,
    readonly unlock: () => void,
  ) {}

  async read(name: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.#path(name));
    } catch (error) {
      if (code(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  async write(name: string, bytes: Uint8Array | string): Promise<void> {
    await writeAtomically(this.#path(name), bytes);
  }

  async append(name: string, text: string): Promise<void> {
    await appendFile(this.#path(name), text);
  }

  async close(): Promise<void> {
    this.unlock();
  }

  #path(name: string): string {
    if (!NAME.test(name)) throw new UsageError(`${this.dir}: ${JSON.stringify(name)} is no plain file name`);
    return join(this.dir, name);
  }
}

/** Names in the folder, or undefined when there is no folder. @throws UsageError when it is a file or cannot be read */
async function entries(dir: string): Promise<string[] | undefined> {
  try {
    return await readdir(dir);
  } catch (cause) {
    if (code(cause) === "ENOENT") return undefined;
    throw new UsageError(`${dir}: not a folder that can be used for a run: ${reason(cause)}`, { cause });
  }
}

const code = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));

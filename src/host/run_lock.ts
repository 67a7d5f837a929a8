import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { UsageError } from "../errors.ts";

/** Lies in a run folder as long as a process works on it. */
export const LOCK_NAME = "run.lock";

/** Who holds a lock. The start time tells a process from a later one with the same number (usual in containers). */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
}

/**
 * Takes the lock of a folder. A lock whose process is gone is taken over.
 * @returns a function that lets go of it: synchronous, so that it works while the process exits; safe to call twice
 * @throws UsageError when a living process holds it, or the folder cannot be written
 */
export function lockFolder(dir: string): () => void {
  const path = join(dir, LOCK_NAME);
  const text = JSON.stringify(holderOf(process.pid));
  for (let attempt = 0; ; attempt++) {
    try {
      create(path, text);
      break;
    } catch (cause) {
      if (code(cause) !== "EEXIST") throw new UsageError(`${dir}: the run folder cannot be written: ${cause}`, { cause });
      const held = readText(path);
      if (held === undefined) continue;
      if (attempt > 4 || holds(held)) throw inUse(dir, held);
      removeStale(path, held);
    }
  }
  const unlock = () => {
    process.off("exit", unlock);
    if (readText(path) === text) quietly(() => unlinkSync(path));
  };
  process.on("exit", unlock);
  return unlock;
}

/** Makes the file with its text in one step, so that nobody ever reads half a lock. @throws EEXIST when there is one */
function create(path: string, text: string): void {
  const aside = temporary(path, "new");
  writeFileSync(aside, text);
  try {
    linkSync(aside, path);
  } catch (error) {
    if (code(error) === "EEXIST") throw error;
    // A file system without hard links.
    writeFileSync(path, text, { flag: "wx" });
  } finally {
    quietly(() => unlinkSync(aside));
  }
}

/** A name that the run folder clears away when it is opened. */
const temporary = (path: string, what: string): string => join(dirname(path), `.${LOCK_NAME}.${process.pid}.${what}.tmp`);

/** Takes a stale lock away. When a third process has replaced it by its own in the meantime, that one is put back. */
function removeStale(path: string, stale: string): void {
  const aside = temporary(path, "stale");
  quietly(() => {
    renameSync(path, aside);
    if (readText(aside) !== stale) linkSync(aside, path);
  });
  quietly(() => unlinkSync(aside));
}

function holds(text: string): boolean {
  const holder = parse(text);
  // Not one of ours, or cut off by a full disk: it names nobody who could be working.
  if (holder === undefined) return false;
  // Another machine's processes cannot be asked; better refuse than let two runs write one folder.
  if (holder.host !== hostname()) return true;
  return alive(holder.pid) && startOf(holder.pid) === holder.started;
}

function inUse(dir: string, text: string): UsageError {
  const holder = parse(text);
  const who = holder ? `process ${holder.pid}${holder.host === hostname() ? "" : ` on ${holder.host}`}` : "another process";
  return new UsageError(
    `${dir}: ${who} is working on this run. Wait for it or stop it; if it is certain that it is gone, delete ${LOCK_NAME}`,
  );
}

const holderOf = (pid: number): Holder => ({ pid, host: hostname(), started: startOf(pid) });

/** When a process started, in the kernel's ticks since boot; "" where the system does not tell. */
function startOf(pid: number): string {
  // The second field is the name in parentheses and may hold spaces; the start time is the 20th field after it.
  const stat = readText(`/proc/${pid}/stat`);
  return stat === undefined ? "" : (stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "");
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return code(error) === "EPERM";
  }
}

function parse(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text);
    return Number.isInteger(pid) && pid > 0 && typeof host === "string" && typeof started === "string" ? { pid, host, started } : undefined;
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // Somebody else was faster.
  }
}

const code = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of stdout as JSON. Fails on a line that is none. */
  readonly events: readonly Event[];
}

export interface Event {
  readonly event?: string;
  readonly [name: string]: unknown;
}

type OnLine = (line: string, child: ChildProcess) => void;

/**
 * Runs `nearfar ARGS`: here, which saves a second of starting Node and reading the sources, or with `onLine` as a process of its own, which
 * can be sent signals.
 * @param onLine called with every line of stdout as it comes, and the process
 */
export function nearfar(args: readonly string[], onLine?: OnLine): Promise<Ended> {
  return onLine ? nearfarProcess(args, onLine) : nearfarHere(args);
}

async function nearfarHere(args: readonly string[]): Promise<Ended> {
  delete process.env.npm_lifecycle_event; // the command would say "npm run ..." under `npm test` and "nearfar" elsewhere
  const { commandLine } = await import("../../src/cli/command_line.ts");
  const text = () => {
    const pieces: string[] = [];
    return { pieces, write: (piece: string) => pieces.push(piece) };
  };
  const [out, err] = [text(), text()];
  const code = await commandLine(args, out, err);
  return ended({ pid: process.pid, code, signal: null, stdout: out.pieces.join(""), stderr: err.pieces.join("") });
}

/** As `nearfar`, always as a process of its own. */
export function nearfarProcess(args: readonly string[], onLine: OnLine = () => {}): Promise<Ended> {
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: "" };
  delete env.npm_lifecycle_event;
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "src/cli/main.ts"), ...args], { cwd: ROOT, env });
  let [stdout, stderr, seen] = ["", "", 0];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (let end = stdout.indexOf("\n", seen); end >= 0; end = stdout.indexOf("\n", seen)) {
      const line = stdout.slice(seen, end);
      seen = end + 1;
      onLine(line, child);
    }
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve(ended({ pid: child.pid, code, signal, stdout, stderr })));
  });
}

const ended = (end: Omit<Ended, "events">): Ended => ({
  ...end,
  get events() {
    return end.stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Event);
  },
});

/** A folder that is gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nearfar-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A run that takes a few seconds anywhere: 4 steps an epoch, and the kernels that compile fastest on software adapters. */
export const TINY = "train --limit 256 --test 128 --batch 64 --blocks 8,8 --dim 16 --epochs 1 --mode softmax --negatives 64".split(" ");

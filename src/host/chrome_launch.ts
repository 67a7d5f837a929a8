import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "puppeteer";
import { GpuUnavailableError } from "../errors.ts";
import { chromeLaunch } from "./browser.ts";

const PROFILE = "nearfar-chrome-";

export interface ChromeLaunchOptions {
  /** true: SwiftShader even where there is a GPU; false: the GPU even where files tell of none. Default: a GPU when there is one. */
  readonly software?: boolean | undefined;
  /** Further arguments of the command line. */
  readonly args?: readonly string[];
}

export interface LaunchedChrome {
  readonly browser: Browser;
  /** Ends the browser and removes its profile. */
  close(): Promise<void>;
}

/**
 * Starts headless Chrome with WebGPU and a profile of its own in the temporary folder.
 * @throws GpuUnavailableError when there is no puppeteer, no Chrome, or it does not start
 */
export async function launchChrome({ software, args: more = [] }: ChromeLaunchOptions = {}): Promise<LaunchedChrome> {
  const { executablePath, args, env } = await chromeLaunch({ software });
  const puppeteer = await import("puppeteer").catch((cause: unknown) => {
    throw new GpuUnavailableError('--host chrome needs the package "puppeteer". Install it: npm i -D puppeteer', { cause });
  });
  removeAbandonedProfiles();
  const userDataDir = mkdtempSync(join(tmpdir(), `${PROFILE}${process.pid}-`));
  const remove = () => rmSync(userDataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  const forget = () => {
    process.off("exit", remove);
    remove();
  };
  process.on("exit", remove);
  try {
    const browser = await puppeteer.launch({
      executablePath,
      args: [...args, ...more],
      env,
      userDataDir,
      headless: true,
      // Through a pipe Chrome ends by itself when this process is gone, however that happened.
      pipe: true,
      // The command line decides what a signal means: it saves first.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      protocolTimeout: 0,
    });
    const close = async () => {
      await closeBrowser(browser);
      forget();
    };
    return { browser, close };
  } catch (cause) {
    forget();
    throw new GpuUnavailableError(`Chrome did not start (${executablePath}): ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Profiles of processes that were killed before they could clear up. */
function removeAbandonedProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PROFILE) ? Number.parseInt(name.slice(PROFILE.length), 10) : Number.NaN;
    if (!Number.isInteger(pid) || pid === process.pid || isAlive(pid)) continue;
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is alive, too.
    return error instanceof Error && "code" in error && error.code !== "ESRCH";
  }
}

/** Asks the browser to close; one that does not answer is killed. */
async function closeBrowser(browser: Browser): Promise<void> {
  const patience = new Promise<"late">((resolve) => setTimeout(resolve, 5000, "late").unref());
  const closed = browser.close().catch(() => "late" as const);
  if ((await Promise.race([closed, patience])) === "late") browser.process()?.kill("SIGKILL");
}

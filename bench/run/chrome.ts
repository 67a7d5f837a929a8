import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "puppeteer";
import { bundlePage } from "../../src/host/chrome_build.ts";
import { launchChrome } from "../../src/host/chrome_launch.ts";
import { type Handler, servePage } from "../../src/host/chrome_server.ts";
import type { BenchAnswer, BenchHost, BenchJob } from "./job.ts";

const HTML =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>nearfar bench</title><script type="module" src="page.js"></script>';

/** Cross-origin isolation: wasm peers get their threads, and clocks their full resolution. */
const HEADERS = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
/** Chrome rounds timestamps to 100 microseconds, a defence that a bench does not need. */
const ARGUMENTS = ["--disable-dawn-features=timestamp_quantization"];
/** The longest that a case may take: a page that hangs must not stop the rest. */
const PATIENCE_MS = 15 * 60_000;

interface Waiting {
  readonly job: BenchJob;
  settle(answer: unknown): void;
}

/**
 * Headless Chrome, a page a job: devices, pools and compiled kernels of one case are gone before the next.
 * @param software as `launchChrome`
 * @throws GpuUnavailableError when there is no Chrome, puppeteer or vite
 */
export async function openChromeHost(software: boolean | undefined): Promise<BenchHost> {
  const script = await bundlePage(fileURLToPath(new URL("../page/page.ts", import.meta.url)));
  const { browser, close } = await launchChrome({ software, args: ARGUMENTS });
  const waiting: { current?: Waiting } = {};
  let closed: Promise<void> | undefined;
  const server = await servePage(routes(script, waiting), HEADERS);
  return {
    browser: await browser.version(),
    async run(job) {
      const page = await browser.newPage();
      try {
        return await ask(page, server.url, job, waiting);
      } finally {
        delete waiting.current;
        await page.close().catch(() => {}); // crashed: closed already
      }
    },
    // Once, however often it is asked for: Ctrl-C closes, and so does the end of the bench, and a profile can be removed only once.
    close: () => (closed ??= close().then(() => server.close())),
  };
}

async function ask(page: Page, url: string, job: BenchJob, waiting: { current?: Waiting }): Promise<BenchAnswer> {
  const timer = { id: undefined as NodeJS.Timeout | undefined };
  try {
    return await new Promise<BenchAnswer>((resolve, reject) => {
      const broken = (what: string) => reject(new Error(`Chrome: ${what}`));
      timer.id = setTimeout(broken, PATIENCE_MS, `no answer in ${PATIENCE_MS / 60_000} minutes`);
      page.on("error", (error) => broken(`the page crashed: ${error.message}`));
      page.on("pageerror", (error) => broken(`uncaught error in the page: ${error instanceof Error ? error.message : error}`));
      page.browser().once("disconnected", () => broken("the browser ended"));
      const settle = (answer: unknown) => {
        const { error } = answer as { readonly error?: string };
        if (error === undefined) resolve(answer as BenchAnswer);
        else broken(error);
      };
      waiting.current = { job, settle };
      page.goto(url).catch((error: unknown) => broken(String(error)));
    });
  } finally {
    clearTimeout(timer.id);
  }
}

function routes(script: string, waiting: { current?: Waiting }): Map<string, (rest: string) => Handler> {
  const wasm = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  return new Map<string, (rest: string) => Handler>([
    ["GET ", () => () => ({ type: "text/html; charset=utf-8", body: HTML })],
    ["GET page.js", () => () => ({ type: "text/javascript; charset=utf-8", body: script })],
    ["GET job", () => () => waiting.current && { type: "application/json", body: JSON.stringify(waiting.current.job) }],
    [
      "POST answer",
      () => (body) => {
        waiting.current?.settle(JSON.parse(body.toString()));
        return { type: "text/plain", body: "" };
      },
    ],
    [
      "GET tfjs-wasm/",
      (name) => async () => {
        const type = name.endsWith(".wasm") ? "application/wasm" : "text/javascript; charset=utf-8";
        return { type, body: await readFile(join(wasm, "wasm-out", basename(name))) };
      },
    ],
  ]);
}

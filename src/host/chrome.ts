import type { Browser, Page } from "puppeteer";
import type { ImageDataset } from "../data/images.ts";
import { isMultiView, type ViewImages } from "../data/multi_view.ts";
import { InternalError } from "../errors.ts";
import type { Tunings } from "../tuning/record.ts";
import { pageScript } from "./chrome_build.ts";
import { launchChrome } from "./chrome_launch.ts";
import { type ImageHeader, type PageJob, type PageResult, reviveError, type ViewHeader } from "./chrome_messages.ts";
import { samplesAt, soundHeader, textHeader } from "./chrome_sequences.ts";
import { type Handler, servePage } from "./chrome_server.ts";
import type { Job, JobInputs, JobResults } from "./jobs.ts";
import { keptTunings } from "./tuning_cache.ts";

const HTML =
  '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>nearfar</title><script type="module" src="page.js"></script>';

/** The result that the page posts, or whatever breaks before it does: the first one counts. */
class Ending {
  readonly promise: Promise<PageResult>;
  settle: (result: PageResult) => void = () => {};
  fail: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.fail = reject;
    });
    // It may fail before anybody waits for it.
    this.promise.catch(() => {});
  }
}

/** * Runs a job in headless Chrome: the same code as `runOnDawn`, on the browser's own WebGPU. A local server hands the page its
 * script and the data, and takes its events and files. Browser, server and profile are gone when this returns or throws.
 * @throws GpuUnavailableError when there is no Chrome or no puppeteer; whatever the job throws; InternalError when the page breaks
 */
export async function runInChrome<J extends Job>(job: J, inputs: JobInputs): Promise<JobResults[J["kind"]]> {
  const script = await pageScript();
  const end = new Ending();
  const server = await servePage(routes(script, job, inputs, end, await keptTunings()));
  try {
    const { browser, close } = await launchChrome();
    try {
      const page = await browser.newPage();
      failWhenBroken(browser, page, end);
      const stop = () => {
        page.evaluate((reason) => window.nearfarStop?.(reason), String(inputs.signal.reason)).catch((error: unknown) => end.fail(error));
      };
      inputs.signal.addEventListener("abort", stop);
      await page.goto(server.url);
      if (inputs.signal.aborted) stop();
      const result = await end.promise.finally(() => inputs.signal.removeEventListener("abort", stop));
      if ("error" in result) throw reviveError(result.error);
      return result.value as JobResults[J["kind"]];
    } finally {
      await close();
    }
  } finally {
    await server.close();
  }
}

/** What the page may ask of this process. */
function routes(
  script: string,
  job: Job,
  { folder, data, sounds, texts, emit }: JobInputs,
  end: Ending,
  tunings: Tunings,
): Map<string, (rest: string) => Handler> {
  const json = (value: unknown) => ({ type: "application/json", body: JSON.stringify(value) });
  const bytes = (body: Uint8Array) => ({ type: "application/octet-stream", body });
  const nothing = { type: "text/plain", body: "" };
  const told: PageJob = {
    job,
    folder: folder !== undefined,
    tunings,
    ...(data && { data: { train: headerOf(data.train), test: headerOf(data.test) } }),
    ...(sounds && { sounds: { train: soundHeader(sounds.train), test: soundHeader(sounds.test) } }),
    ...(texts && { texts: { train: textHeader(texts.train), test: textHeader(texts.test) } }),
  };
  const table = new Map<string, (rest: string) => Handler>([
    ["GET ", () => () => ({ type: "text/html; charset=utf-8", body: HTML })],
    ["GET page.js", () => () => ({ type: "text/javascript; charset=utf-8", body: script })],
    ["GET job", () => () => json(told)],
    [
      "POST emit",
      () => (body) => {
        for (const event of JSON.parse(body.toString()) as object[]) emit(event);
        return nothing;
      },
    ],
    [
      "POST result",
      () => (body) => {
        end.settle(JSON.parse(body.toString()) as PageResult);
        return nothing;
      },
    ],
  ]);
  for (const [part, images] of Object.entries(data ?? {})) {
    table.set(`GET data/${part}.pixels`, () => () => bytes(images.pixels()));
    table.set(`GET data/${part}.labels`, () => () => images.labels && bytes(bytesOf(images.labels)));
    for (const [v, view] of (isMultiView(images) ? images.views : []).entries()) {
      table.set(`GET data/${part}.${v}.pixels`, () => () => bytes(view.pixels()));
      table.set(`GET data/${part}.${v}.present`, () => () => view.present && bytes(view.present));
    }
  }
  if (sounds) table.set("GET samples/", (path) => async () => bytes(await samplesAt(sounds, path)));
  if (folder) {
    table.set("GET folder/", (name) => async () => {
      const found = await folder.read(name);
      return found && bytes(found);
    });
    table.set("PUT folder/", (name) => async (body) => {
      await folder.write(name, body);
      return nothing;
    });
    table.set("POST folder/", (name) => async (body) => {
      await folder.append(name, body.toString());
      return nothing;
    });
  }
  return table;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array => new Uint8Array(buffer, byteOffset, byteLength);

function headerOf(images: ImageDataset): ImageHeader {
  const { name, channels, height, width, classes, labels } = images;
  const views = isMultiView(images) && images.views.map(viewHeader);
  return { name, channels, height, width, labelled: labels !== undefined, ...(classes && { classes }), ...(views && { views }) };
}

const viewHeader = ({ name, channels, height, width, kind, classes, present }: ViewImages): ViewHeader => ({
  ...{ name, channels, height, width, masked: present !== undefined },
  ...(kind && { kind }),
  ...(classes && { classes }),
});

/** Whatever goes wrong outside of the job's own errors ends the run. */
function failWhenBroken(browser: Browser, page: Page, end: Ending): void {
  const broken = (what: string) => end.fail(new InternalError(`Chrome: ${what}`));
  page.on("pageerror", (error) => broken(`uncaught error in the page: ${error instanceof Error ? error.stack : error}`));
  page.on("console", (message) => {
    if (message.type() === "error") broken(`error on the page's console: ${message.text()}`);
  });
  page.on("error", (error) => broken(`the page crashed: ${error.message}`));
  browser.once("disconnected", () => broken("the browser ended in the middle of the job"));
}

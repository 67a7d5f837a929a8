import { type ImageDataset, imageDataset } from "../data/images.ts";
import { multiViewDataset, type ViewImages } from "../data/multi_view.ts";
import { GpuUnavailableError } from "../errors.ts";
import { openGpu } from "../gpu/device.ts";
import type { RunFolder } from "../train/folder.ts";
import { equip } from "../tuning/equip.ts";
import { choicesFor } from "../tuning/record.ts";
import { type ImageHeader, type PageJob, type PageResult, recordError, type ViewHeader } from "./chrome_messages.ts";
import { soundInPage, textInPage } from "./chrome_sequences.ts";
import { type Job, runJob } from "./jobs.ts";

// The page that headless Chrome opens for `--host chrome`. It runs one job and talks to the server that it came from.

declare global {
  interface Window {
    /** Called from outside: stop after the step at hand and save. */
    nearfarStop?: (reason: string) => void;
  }
}

async function request(method: string, path: string, body?: BodyInit): Promise<Response> {
  const response = await fetch(path, body === undefined ? { method } : { method, body });
  if (response.ok) return response;
  throw new Error(`${method} ${path}: ${await response.text()}`);
}

const fetchBytes = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await request("GET", path)).arrayBuffer());

const folder: RunFolder = {
  async read(name) {
    const response = await request("GET", `folder/${name}`);
    return response.status === 204 ? undefined : new Uint8Array(await response.arrayBuffer());
  },
  async write(name, bytes) {
    await request("PUT", `folder/${name}`, typeof bytes === "string" ? bytes : new Blob([bytes as Uint8Array<ArrayBuffer>]));
  },
  async append(name, text) {
    await request("POST", `folder/${name}`, text);
  },
};

async function fetchImages(part: string, { labelled, views, ...header }: ImageHeader): Promise<ImageDataset> {
  const labels = labelled && { labels: new Uint32Array((await fetchBytes(`data/${part}.labels`)).buffer as ArrayBuffer) };
  const { name, classes } = header;
  if (!views) return imageDataset({ ...header, pixels: await fetchBytes(`data/${part}.pixels`), ...labels });
  const own = await Promise.all(views.map((view, v) => fetchView(`data/${part}.${v}`, view)));
  return multiViewDataset({ name, views: own, ...(classes && { classes }), ...labels });
}

async function fetchView(path: string, { masked, ...header }: ViewHeader): Promise<ViewImages> {
  const pixels = await fetchBytes(`${path}.pixels`);
  return { ...header, pixels: () => pixels, ...(masked && { present: await fetchBytes(`${path}.present`) }) };
}

/** Sends events in order, one request at a time; those that come up meanwhile travel together. */
class Emitter {
  #waiting: object[] = [];
  #sending: Promise<void> = Promise.resolve();

  emit(event: object): void {
    if (this.#waiting.push(event) > 1) return;
    this.#sending = this.#sending.then(async () => {
      const events = this.#waiting;
      this.#waiting = [];
      await request("POST", "emit", JSON.stringify(events));
    });
  }

  async flush(): Promise<void> {
    await this.#sending;
  }
}

async function run(stop: AbortSignal): Promise<PageResult> {
  const emitter = new Emitter();
  try {
    const given: PageJob = await (await request("GET", "job")).json();
    const device = await openGpu().catch((error: unknown) => {
      throw error instanceof GpuUnavailableError ? error : new GpuUnavailableError(String(error), { cause: error });
    });
    const gpu = await equip(device, choicesFor(given.tunings, device, "chrome", navigator.userAgent));
    const data = given.data && { train: await fetchImages("train", given.data.train), test: await fetchImages("test", given.data.test) };
    const sounds = given.sounds && {
      train: soundInPage("train", given.sounds.train, fetchBytes),
      test: soundInPage("test", given.sounds.test, fetchBytes),
    };
    const texts = given.texts && { train: textInPage(given.texts.train), test: textInPage(given.texts.test) };
    const emit = (event: object) => emitter.emit(event);
    try {
      const inputs = {
        folder: given.folder ? folder : undefined,
        data,
        sounds,
        texts,
        versions: { browser: navigator.userAgent },
        signal: stop,
        emit,
      };
      const value = await runJob(gpu, given.job as Job, inputs);
      return { value };
    } finally {
      gpu.close();
    }
  } catch (error) {
    return { error: recordError(error) };
  } finally {
    await emitter.flush();
  }
}

const stop = new AbortController();
window.nearfarStop = (reason) => stop.abort(new Error(reason));
await request("POST", "result", JSON.stringify(await run(stop.signal)));

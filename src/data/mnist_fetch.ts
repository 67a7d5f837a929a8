import { FormatError, UsageError } from "../errors.ts";
import { MNIST_FILES, type MnistPart, mnistFromFiles, type NamedBytes, type TrainTest } from "./mnist.ts";

/** What `fetchMnist` accepts. */
export interface FetchMnistOptions {
  /** Ending of the file names on the server: ".gz" for compressed ones. Default none. */
  readonly suffix?: string;
  /** Stops the download. */
  readonly signal?: AbortSignal;
  /** Called as bytes arrive: how many of all four files so far. */
  readonly onBytes?: (received: number) => void;
  /** What to call the data set. Default "mnist". */
  readonly name?: string;
}

/**
 * MNIST from a web server: the four files under `baseUrl` (relative to the page in a browser), fetched in parallel.
 * @throws UsageError when a file cannot be fetched (network, HTTP status), FormatError as `mnistFromFiles`,
 * and the signal's reason when it stops the download
 */
export async function fetchMnist(baseUrl: string | URL, options: FetchMnistOptions = {}): Promise<TrainTest> {
  const base = String(baseUrl).replace(/\/*$/, "/");
  let received = 0;
  const count = (bytes: number) => {
    received += bytes;
    options.onBytes?.(received);
  };
  const get = (part: MnistPart) => download(`${base}${MNIST_FILES[part]}${options.suffix ?? ""}`, count, options.signal);
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    get("trainImages"),
    get("trainLabels"),
    get("testImages"),
    get("testLabels"),
  ]);
  return mnistFromFiles({ trainImages, trainLabels, testImages, testLabels }, options.name);
}

async function download(url: string, count: (bytes: number) => void, signal?: AbortSignal): Promise<NamedBytes> {
  const response = await request(url, signal);
  if (!response.ok) throw new UsageError(`${url}: expected HTTP status 200, found ${response.status} ${response.statusText}`.trimEnd());
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      chunks.push(part.value);
      count(part.value.length);
    }
  } catch (cause) {
    signal?.throwIfAborted();
    throw new FormatError(`${url}: the download broke off after ${chunks.length} chunks: try again`, { cause });
  }
  return { name: url, bytes: new Uint8Array(await new Blob(chunks).arrayBuffer()) };
}

async function request(url: string, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, signal ? { signal } : {});
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UsageError(`${url}: cannot be fetched: check the address and the connection`, { cause });
  }
}

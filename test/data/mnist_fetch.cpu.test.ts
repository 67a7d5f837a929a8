import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { MNIST_FILES, type MnistPart } from "../../src/data/mnist.ts";
import { fetchMnist } from "../../src/data/mnist_fetch.ts";
import { FormatError, UsageError } from "../../src/errors.ts";
import { tinyMnist } from "./mnist_bytes.ts";

/** Runs `use` against a local web server. */
async function served<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/digits`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Content by path. */
function files(suffix = "", pack = (bytes: Uint8Array) => bytes): Map<string, Uint8Array> {
  return new Map(Object.entries(tinyMnist()).map(([part, bytes]) => [`/digits/${MNIST_FILES[part as MnistPart]}${suffix}`, pack(bytes)]));
}

const serve =
  (content: ReadonlyMap<string, Uint8Array>): RequestListener =>
  (request, response) => {
    const bytes = content.get(request.url ?? "");
    response.writeHead(bytes ? 200 : 404).end(bytes);
  };

describe("fetchMnist", () => {
  it("fetches the four files and counts their bytes", async () => {
    const seen: number[] = [];
    const { train, test } = await served(serve(files()), (url) => fetchMnist(url, { onBytes: (n) => seen.push(n) }));
    expect([train.length, test.length]).toEqual([3, 1]);
    expect(seen.at(-1)).toBe(28 + 11 + 20 + 9);
    const packed = await served(serve(files(".gz", (bytes) => gzipSync(bytes))), (url) => fetchMnist(`${url}/`, { suffix: ".gz" }));
    expect(packed.train.fingerprint).toBe(train.fingerprint);
  });

  it("names the file that is not there", async () => {
    const content = files();
    content.delete("/digits/t10k-labels-idx1-ubyte");
    const got = served(serve(content), (url) => fetchMnist(url));
    await expect(got).rejects.toThrow(UsageError);
    await expect(got).rejects.toThrow(/digits\/t10k-labels-idx1-ubyte: expected HTTP status 200, found 404 Not Found/);
  });

  it("recognises the page that some servers send instead", async () => {
    const got = served(
      (_, response) => response.end("<!doctype html>"),
      (url) => fetchMnist(url),
    );
    await expect(got).rejects.toThrow(FormatError);
    await expect(got).rejects.toThrow("(an HTML page?)");
  });

  it("reports a server that is not there, and a connection that breaks", async () => {
    const gone = await served(serve(files()), async (url) => url);
    await expect(fetchMnist(gone)).rejects.toThrow(/cannot be fetched: check the address and the connection/);
    const broken = served(
      (_, response) => {
        response.writeHead(200, { "content-length": "100" }).write("12345");
        setTimeout(() => response.destroy(), 20);
      },
      (url) => fetchMnist(url),
    );
    await expect(broken).rejects.toThrow(/the download broke off/);
  });

  it("stops when told to, with the caller's reason", async () => {
    const reason = new Error("enough");
    const got = served(
      () => {},
      (url) => {
        const stop = new AbortController();
        setTimeout(() => stop.abort(reason), 20);
        return fetchMnist(url, { signal: stop.signal });
      },
    );
    await expect(got).rejects.toBe(reason);
  });
});

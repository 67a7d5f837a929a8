import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { loadData } from "../../src/cli/data.ts";
import { httpSource } from "../../src/data/http_source.ts";
import { memorySource } from "../../src/data/source.ts";
import { stl10From } from "../../src/data/stl10.ts";
import { UsageError } from "../../src/errors.ts";
import { stlFiles } from "./stl10_bytes.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` against a local web server; what lies on it is under /data. */
async function served<T>(answer: Answer, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/data`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Answers ranges as RFC 9110 asks; `sent` collects the bytes of all bodies. */
function ranges(files: ReadonlyMap<string, Uint8Array>, sent: number[] = []): Answer {
  return (request, response) => {
    const bytes = files.get(decodeURIComponent(request.url ?? "").replace("/data/", ""));
    const [, first, last] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? []).map(Number);
    if (!bytes) return void response.writeHead(404).end("not found");
    if (first === undefined || last === undefined) return void response.writeHead(400).end();
    if (first >= bytes.length) return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    const part = bytes.subarray(first, last + 1);
    sent.push(part.length);
    response.writeHead(206, { "content-range": `bytes ${first}-${first + part.length - 1}/${bytes.length}`, etag: '"1"' }).end(part);
  };
}

const TEN = Uint8Array.from({ length: 10 }, (_, i) => 10 + i);

test("lists what is there, tells sizes, reads ranges", async () => {
  const files = new Map([
    ["a b.bin", TEN],
    ["sub/empty", new Uint8Array()],
  ]);
  const sent: number[] = [];
  await served(ranges(files, sent), async (url) => {
    const source = httpSource(`${url}/`, ["sub/empty", "none", "a b.bin"]);
    expect(source.name).toBe(url);
    expect(await source.list()).toEqual(["a b.bin", "sub/empty"]);
    expect([await source.size("a b.bin"), await source.size("sub/empty")]).toEqual([10, 0]);
    expect([...(await source.read("a b.bin", 3, 4))]).toEqual([13, 14, 15, 16]);
    expect(await source.read("sub/empty", 0, 0)).toHaveLength(0);
    expect(sent, "one byte to learn the size, then only what was asked for").toEqual([1, 4]);
    await expect(source.read("a b.bin", 8, 3)).rejects.toThrow("bytes 8 to 11 asked for, the file has 10");
    await expect(source.size("none")).rejects.toThrow(/data\/none: no such file/);
  });
});

test("STL-10 from a server is STL-10 from memory, and only the images asked for travel", async () => {
  const sent: number[] = [];
  const [local, remote] = await served(ranges(stlFiles(), sent), async (url) => [
    await stl10From(memorySource(stlFiles(), "stl"), "stl10-unlabeled", { limit: 3, test: 2 }),
    await loadData({ name: "stl10-unlabeled", folder: url, limit: 3, test: 2 }),
  ]);
  expect([remote?.train.fingerprint, remote?.test.fingerprint]).toEqual([local?.train.fingerprint, local?.test.fingerprint]);
  expect(remote?.test.labels).toEqual(local?.test.labels);
  expect(sent.reduce((a, b) => a + b)).toBeLessThan(6 * 27_648);
});

const header = (value: string) => ({ "content-range": value });
test.each<[string, Answer, RegExp]>([
  ["ignores ranges", (_, response) => void response.writeHead(200).end(TEN), /the server ignores Range requests/],
  ["fails", (_, response) => void response.writeHead(503).end(), /expected HTTP status 206, found 503/],
  ["has no such file", (_, response) => void response.writeHead(404).end(), /no such file \(HTTP status 404\)/],
  ["does not say which range", (_, response) => void response.writeHead(206).end(TEN), /Content-Range.*found none/],
  ["does not say the size", (_, response) => void response.writeHead(206, header("bytes 0-0/*")).end("x"), /found "bytes 0-0\/\*"/],
  ["sends another range", (_, response) => void response.writeHead(206, header("bytes 0-0/10")).end("x"), /bytes 2-5, the server sent 0-0/],
  ["sends too little", short, /expected 4 bytes, the server sent 3/],
  ["breaks off", (request, response) => void response.destroy(request.destroyed ? undefined : new Error("gone")), /cannot be fetched/],
  ["has a file that changes", growing(), /changed while it was read/],
])("refuses a server that %s", async (_, answer, message) => {
  await served(answer, async (url) => {
    const refused = httpSource(url, ["f"]).read("f", 2, 4);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(message);
  });
});

test("stops with the signal's reason; a request that failed may be tried again", async () => {
  await served(ranges(new Map([["f", TEN]])), async (url) => {
    await expect(httpSource(url, ["f"], AbortSignal.abort(new Error("enough"))).size("f")).rejects.toThrow("enough");
  });
  let calls = 0;
  const flaky: Answer = (request, response) =>
    calls++ === 0 ? void response.writeHead(500).end() : ranges(new Map([["f", TEN]]))(request, response);
  await served(flaky, async (url) => {
    const source = httpSource(url, ["f"]);
    await expect(source.size("f")).rejects.toThrow(/found 500/);
    expect(await source.size("f")).toBe(10);
  });
});

function short({ headers }: IncomingMessage, response: ServerResponse): void {
  const range = (headers.range ?? "").replace("bytes=", "");
  response.writeHead(206, header(`bytes ${range}/10`)).end(range === "0-0" ? "x" : "xyz");
}

function growing(): Answer {
  let size = 10;
  return ({ headers }, response) =>
    void response.writeHead(206, header(`bytes ${(headers.range ?? "").replace("bytes=", "")}/${size++}`)).end("wxyz");
}

import { UsageError } from "../errors.ts";
import { checkRange, type Source } from "./source.ts";

/** What a server said of a file; null: it has none there. */
type Entry = { readonly size: number; readonly etag: string | null } | null;

/**
 * Files on a web server, read by HTTP ranges (RFC 9110, section 14): of a large file only what is used is fetched.
 * @param baseUrl the folder that holds them (relative to the page in a browser)
 * @param files their paths below it: a server tells no list. Those that it does not have are not listed
 * @param signal stops all requests
 * @throws UsageError from its methods: no connection, another status than 206, another range than asked for (a server that knows
 * no ranges sends the whole file, which is not read), or a file that changed between two reads; the signal's reason when it stops
 */
export function httpSource(baseUrl: string | URL, files: readonly string[], signal?: AbortSignal): Source {
  const base = String(baseUrl).replace(/\/*$/, "/");
  const known = new Map<string, Promise<Entry>>();
  const url = (path: string) => base + path.split("/").map(encodeURIComponent).join("/");
  const look = (path: string): Promise<Entry> => {
    const entry = known.get(path) ?? probe(url(path), signal);
    known.set(path, entry);
    // A request that failed may be tried again.
    entry.catch(() => known.delete(path));
    return entry;
  };
  const entryOf = async (path: string) => {
    const entry = await look(path);
    if (entry === null) throw new UsageError(`${url(path)}: no such file (HTTP status 404)`);
    return entry;
  };
  return {
    name: base.slice(0, -1),
    async list() {
      const there = await Promise.all(files.map(async (path) => ((await look(path)) === null ? [] : [path])));
      return there.flat().sort();
    },
    size: async (path) => (await entryOf(path)).size,
    async read(path, offset, length) {
      const { size, etag } = await entryOf(path);
      checkRange(url(path), size, offset, length);
      if (length === 0) return new Uint8Array();
      const last = offset + length - 1;
      const response = await request(url(path), offset, last, signal);
      const range = await rangeOf(response, url(path));
      if (range.size !== size || response.headers.get("etag") !== etag) {
        await response.body?.cancel();
        throw new UsageError(`${url(path)}: changed while it was read: start again`);
      }
      if (range.first !== offset || range.last !== last) {
        await response.body?.cancel();
        throw new UsageError(`${url(path)}: expected bytes ${offset}-${last}, the server sent ${range.first}-${range.last}`);
      }
      return body(response, url(path), length, signal);
    },
  };
}

/** Asks for the first byte, and so learns the size: what servers answer to HEAD is less to be relied on. */
async function probe(url: string, signal?: AbortSignal): Promise<Entry> {
  const response = await request(url, 0, 0, signal);
  const etag = response.headers.get("etag");
  if (response.status === 404 || response.status === 410) {
    await response.body?.cancel();
    return null;
  }
  // An empty file has no first byte.
  if (response.status === 416 && /^bytes \*\/0$/.test(response.headers.get("content-range") ?? "")) {
    await response.body?.cancel();
    return { size: 0, etag };
  }
  const { size } = await rangeOf(response, url);
  await response.body?.cancel();
  return { size, etag };
}

async function request(url: string, first: number, last: number, signal?: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { headers: { range: `bytes=${first}-${last}` }, ...(signal && { signal }) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UsageError(`${url}: cannot be fetched: check the address and the connection`, { cause });
  }
}

/** `Content-Range: bytes FIRST-LAST/SIZE` of a 206. Any other answer is refused without reading its body. */
async function rangeOf(response: Response, url: string): Promise<{ first: number; last: number; size: number }> {
  const header = response.headers.get("content-range");
  const [, first, last, size] = (/^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? "") ?? []).map(Number);
  if (response.status === 206 && first !== undefined && last !== undefined && size !== undefined) return { first, last, size };
  await response.body?.cancel();
  if (response.status === 200) throw new UsageError(`${url}: the server ignores Range requests: download the file and give its folder`);
  if (response.status !== 206) {
    throw new UsageError(`${url}: expected HTTP status 206, found ${response.status} ${response.statusText}`.trimEnd());
  }
  const found = header === null ? "none (of another origin, the server must expose it: Access-Control-Expose-Headers)" : `"${header}"`;
  throw new UsageError(`${url}: Content-Range: expected bytes FIRST-LAST/SIZE, found ${found}`);
}

async function body(response: Response, url: string, length: number, signal?: AbortSignal): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UsageError(`${url}: the download broke off: try again`, { cause });
  }
  if (bytes.length !== length) throw new UsageError(`${url}: expected ${length} bytes, the server sent ${bytes.length}`);
  return bytes;
}

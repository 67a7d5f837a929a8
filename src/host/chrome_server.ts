import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Bytes with their type, or undefined for "there is no such thing". */
export interface Answer {
  readonly type: string;
  readonly body: Uint8Array | string;
}

export type Handler = (body: Buffer) => Promise<Answer | undefined> | Answer | undefined;

/** A web server for one page of one browser on this machine. */
export interface PageServer {
  /** Where the page lies; ends in a slash. The random token in it is what keeps everybody else out. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `routes` ("GET job", "PUT folder/": a name that ends in a slash also takes what follows it) on 127.0.0.1, on a free
 * port, below a random path. Errors of a handler become status 500 with the message.
 * @param headers of every answer
 */
export async function servePage(
  routes: ReadonlyMap<string, (rest: string) => Handler>,
  headers: { readonly [name: string]: string } = {},
): Promise<PageServer> {
  const base = `/${randomBytes(16).toString("hex")}/`;
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(base, routes, request, response).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { "content-type": "text/plain; charset=utf-8" });
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}${base}`, close: () => closeServer(server) };
}

async function answer(
  base: string,
  routes: ReadonlyMap<string, (rest: string) => Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = decodeURIComponent(new URL(request.url ?? "", "http://page").pathname);
  const handler = path.startsWith(base) ? findHandler(routes, request.method ?? "", path.slice(base.length)) : undefined;
  const found = await handler?.(await bodyOf(request));
  if (!found) {
    // 204 for a file that does not exist: a browser reports every 404 as an error.
    response.writeHead(handler ? 204 : 404).end();
    return;
  }
  response.writeHead(200, { "content-type": found.type, "cache-control": "no-store" });
  response.end(found.body);
}

function findHandler(routes: ReadonlyMap<string, (rest: string) => Handler>, method: string, path: string): Handler | undefined {
  const exact = routes.get(`${method} ${path}`);
  if (exact) return exact("");
  const slash = path.indexOf("/") + 1;
  return slash > 0 ? routes.get(`${method} ${path.slice(0, slash)}`)?.(path.slice(slash)) : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "puppeteer";
import { build, preview } from "vite";

/** The built site behind a plain static server, as visitors meet it. */
export interface ServedSite {
  /** A folder for files of the test, gone with the site, in which the site is built as `site`. */
  readonly folder: string;
  /** A fresh tab on an address of the site, and everything about it that would be a fault: warnings, errors, requests to elsewhere. */
  visit(browser: Browser, path: string): Promise<{ readonly page: Page; readonly faults: readonly string[] }>;
  close(): Promise<void>;
}

/** Builds the site and serves it. */
export async function serveSite(): Promise<ServedSite> {
  const folder = mkdtempSync(join(tmpdir(), "nearfar-site-"));
  const outDir = join(folder, "site");
  await build({ logLevel: "silent", build: { outDir, emptyOutDir: true } });
  const server = await preview({ logLevel: "silent", build: { outDir }, preview: { host: "127.0.0.1", port: 0 } });
  const origin = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`;
  return {
    folder,
    async visit(browser, path) {
      const page = await browser.newPage();
      const faults = faultsOf(page, origin);
      await page.goto(`${origin}/${path}`);
      return { page, faults };
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function faultsOf(page: Page, origin: string): readonly string[] {
  const faults: string[] = [];
  page.on("console", (message) => {
    if (["error", "warn"].includes(message.type())) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error}`));
  page.on("requestfailed", (request) => faults.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    if (!new RegExp(`^(${origin}/|data:|blob:)`).test(request.url())) faults.push(`outside: ${request.url()}`);
  });
  return faults;
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { BenchFile } from "../../bench/out/json.ts";
import { type LaunchedChrome, launchChrome } from "../../src/host/chrome_launch.ts";
import { type ServedSite, serveSite } from "../site.ts";

// The bench page of the built site in headless Chrome, from a plain static server, as a visitor meets it.

const WAIT = { timeout: 240_000, polling: 50 };
let site: ServedSite;
let chrome: LaunchedChrome;

beforeAll(async () => {
  site = await serveSite();
  chrome = await launchChrome();
});

afterAll(async () => {
  await chrome?.close();
  await site?.close();
});

async function visit(search: string) {
  const visited = await site.visit(chrome.browser, `bench/${search}`);
  await stage(visited.page, "ready", "unavailable");
  return visited;
}

const stage = (page: Page, ...wanted: string[]) =>
  page.waitForFunction((names) => names.includes(document.body.dataset.stage ?? ""), WAIT, wanted);
const text = (page: Page, selector: string) => page.$eval(selector, (found) => found.textContent ?? "");

async function arrived(file: string): Promise<string> {
  await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true);
  return readFileSync(file, "utf8");
}

test("measures beside tfjs and jax-js, shows it, and hands out JSON and report", async () => {
  const { page, faults } = await visit("?only=l2norm&sizes=ragged&seconds=0");
  const client = await chrome.browser.target().createCDPSession();
  await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: site.folder });
  expect(await text(page, "#chosen")).toMatch(/^Cases: 1 of \d\d$/);
  await page.click("#go");
  await stage(page, "done");
  const names = await page.$$eval("#results .bar > span:first-child", (spans) => spans.map(({ textContent }) => textContent));
  expect(names).toEqual(["ours", "tfjs-webgpu", "jax-js-webgpu"]);
  expect(await page.$$("#results .why")).toHaveLength(0);
  await page.click("#json");
  await page.click("#report");
  const file = JSON.parse(await arrived(join(site.folder, "bench.json"))) as BenchFile;
  expect(file.results.filter(({ median_ms }) => (median_ms ?? 0) > 0).map(({ variant }) => variant)).toEqual(names);
  expect(file.results.find((row) => row.case === "peak-fma")?.gflops).toBeGreaterThan(0);
  expect(await arrived(join(site.folder, "bench.html"))).toContain("<h2>Cases</h2>");
  expect(faults).toEqual([]);
  await page.close();
});

test("stops when told to, and keeps what it has", async () => {
  const { page, faults } = await visit("?only=l2norm,nce&sizes=small&seconds=60&with=");
  await page.click("#go");
  await stage(page, "running");
  await page.click("#go");
  await stage(page, "stopped");
  expect(await text(page, "#progress")).toContain("Stopped");
  expect(faults).toEqual([]);
  await page.close();
});

test("a wrong address is told and ignored", async () => {
  const { page } = await visit("?only=nothing");
  expect(await text(page, "#address")).toMatch(/no case "nothing".*are ignored/s);
  expect(await text(page, "#chosen")).not.toContain("Cases: 0");
  await page.close();
});

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import puppeteer, { type Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromeLaunch } from "../../src/host/browser.ts";
import { type LaunchedChrome, launchChrome } from "../../src/host/chrome_launch.ts";
import { parseCheckpoint } from "../../src/train/resume.ts";
import { type ServedSite, serveSite } from "../site.ts";

// The built site in headless Chrome, from a plain static server, as a visitor meets it.

const WAIT = { timeout: 240_000, polling: 50 };
let site: ServedSite;

beforeAll(async () => {
  site = await serveSite();
});

afterAll(async () => {
  await site?.close();
});

const stage = (page: Page, ...wanted: string[]) =>
  page.waitForFunction((names) => names.includes(document.body.dataset.stage ?? ""), WAIT, wanted);
const text = (page: Page, id: string) => page.$eval(`#${id}`, (found) => found.textContent ?? "");
const count = async (page: Page, selector: string) => (await page.$$(selector)).length;
const stepsDone = (page: Page) => page.$eval("progress", (bar) => bar.value);

async function start(page: Page): Promise<void> {
  await stage(page, "ready");
  await page.click("#go");
}

describe("with WebGPU", () => {
  let chrome: LaunchedChrome;
  beforeAll(async () => {
    chrome = await launchChrome();
  });
  afterAll(() => chrome?.close());

  test("the page trains to the end, draws what it learned, and hands out checkpoint and report", async () => {
    const { page, faults } = await site.visit(chrome.browser, "?limit=256&test=100&epochs=2&batch=64");
    const downloads = join(site.folder, "downloads");
    const client = await chrome.browser.target().createCDPSession();
    await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
    expect(await page.$eval("#limit", (list) => (list as HTMLSelectElement).value)).toBe("256");
    await start(page);
    await page.waitForFunction(() => document.querySelector("#loss .line.main") !== null, WAIT);
    await stage(page, "done", "failed", "lost");
    expect(await text(page, "notice")).not.toContain("Training stopped");
    expect(await page.evaluate(() => document.body.dataset.stage)).toBe("done");

    expect(await stepsDone(page)).toBe(8);
    expect(await text(page, "progress")).toMatch(/step 8 of 8.*done in/);
    expect((await page.$eval("#knn .dots", (dots) => dots.getAttribute("d") ?? "")).split("M")).toHaveLength(1 + 3); // before, two epochs
    expect(await count(page, "#spread figure")).toBe(4);
    expect(await count(page, "#map .legend .key")).toBe(10);
    expect(await count(page, "#gallery .row")).toBe(10);
    expect(await page.$$eval("#gallery img", (images) => images.every((image) => (image as HTMLImageElement).naturalWidth === 28))).toBe(
      true,
    );
    expect(await text(page, "result")).toMatch(/This run\d+\.\d\u202f%Raw pixels\d+\.\d\u202f%Untrained encoder\d+\.\d\u202f%/);

    await page.click("#checkpoint");
    await page.click("#report");
    const bytes = await arrived(join(downloads, "checkpoint.safetensors"));
    expect(parseCheckpoint(bytes, "download").step).toBe(8);
    const report = new TextDecoder().decode(await arrived(join(downloads, "report.html")));
    expect(report).toContain("InstDisc recognises");
    expect(report).not.toMatch(/<script|https?:\/\//);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("rooms: drawn here, learned in three views", async () => {
    const { page, faults } = await site.visit(chrome.browser, "?task=rooms&limit=48&test=24&epochs=1&batch=16");
    expect(await text(page, "title")).toContain("agree on what a room is");
    await start(page);
    await stage(page, "done", "failed", "lost");
    expect(await text(page, "notice")).not.toContain("Training stopped");
    expect(await page.evaluate(() => document.body.dataset.stage)).toBe("done");
    expect(await text(page, "result")).toMatch(/image.*depth.*normals/s);
    expect(await count(page, "#gallery .row")).toBeGreaterThan(2);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("paused, it takes no step; then it goes on to the end", async () => {
    const { page, faults } = await site.visit(chrome.browser, "?limit=640&test=50&epochs=3&batch=16");
    await start(page);
    await page.waitForFunction(() => (document.querySelector("progress")?.value ?? 0) > 0, WAIT);
    await page.click("#go");
    await stage(page, "paused");
    expect(await text(page, "go")).toBe("Continue");
    // At most the steps that were on their way; then nothing for as long as we care to look.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const held = await stepsDone(page);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await stepsDone(page)).toBe(held);
    expect(held).toBeLessThan(120);
    await page.click("#go");
    await stage(page, "done", "failed", "lost");
    expect(await stepsDone(page)).toBe(120);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("when the GPU process dies it says so, and goes on from the last checkpoint", async () => {
    const { page, faults } = await site.visit(chrome.browser, "?limit=640&test=50&epochs=3&batch=16");
    await start(page);
    await page.waitForFunction(() => !(document.getElementById("checkpoint") as HTMLButtonElement).disabled, WAIT);
    const client = await chrome.browser.target().createCDPSession();
    // The browser answers when its GPU process is gone, or not at all.
    client.send("Browser.crashGpuProcess" as never).catch(() => {});
    await stage(page, "lost");
    expect(await text(page, "notice")).toContain("The GPU went away");
    const label = await text(page, "go");
    expect(label).toMatch(/^Continue from step (40|80)$/);
    await page.click("#go");
    await stage(page, "done", "failed");
    expect(await page.evaluate(() => document.body.dataset.stage)).toBe("done");
    expect(await stepsDone(page)).toBe(120);
    expect(faults).toEqual([]);
    await page.close();
  });
});

test("without an adapter the page says why, and which browsers have WebGPU", async () => {
  const { executablePath, args, env } = await chromeLaunch({ software: true });
  const plain = args.filter((argument) => !/webgpu/i.test(argument));
  const browser = await puppeteer.launch({
    executablePath,
    args: [...plain, "--disable-features=WebGPU"],
    env,
    headless: true,
    pipe: true,
  });
  try {
    const { page, faults } = await site.visit(browser, "");
    await stage(page, "unavailable", "ready");
    const notice = await text(page, "notice");
    expect(notice).toContain("This browser cannot train here. WebGPU is ");
    expect(notice).toMatch(/Chrome and Edge 113\+.*Safari 26\+.*Firefox 141\+/);
    expect(await page.$eval("#go", (go) => (go as HTMLButtonElement).disabled)).toBe(true);
    expect(faults.filter((fault) => !/WebGPU|adapter/i.test(fault))).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("the site is small, and its page allows no script but its own files", () => {
  const bytes = readdirSync(join(site.folder, "site"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
  expect(bytes).toBeLessThan(6e6);
  const page = readFileSync(join(site.folder, "site", "index.html"), "utf8").replaceAll("&#39;", "'");
  expect(page).toContain("script-src 'self'; worker-src 'self'; style-src 'self'");
  expect(page.match(/<script\b[^>]*>/g)?.every((tag) => /\bsrc="\.\//.test(tag))).toBe(true);
  expect(page).not.toMatch(/<style|\son\w+=|\sstyle=/);
});

/** A finished download: Chrome renames the file when it is complete. */
async function arrived(path: string): Promise<Uint8Array> {
  for (let tries = 0; !existsSync(path); tries++) {
    if (tries > 200) throw new Error(`${path} did not arrive`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return new Uint8Array(readFileSync(path));
}

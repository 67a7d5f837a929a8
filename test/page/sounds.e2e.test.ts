import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ElementHandle, Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LaunchedChrome, launchChrome } from "../../src/host/chrome_launch.ts";
import { wavBytes } from "../data/wav_bytes.ts";
import { type ServedSite, serveSite } from "../site.ts";

// The page's task on sound: files that the visitor opens, and Chrome's own fake microphone.

const WAIT = { timeout: 240_000, polling: 50 };
/** A microphone that beeps, and no question whether it may be used. */
const MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
let site: ServedSite;
let chrome: LaunchedChrome;

beforeAll(async () => {
  site = await serveSite();
  chrome = await launchChrome({ args: MICROPHONE });
});

afterAll(async () => {
  await chrome?.close();
  await site?.close();
});

async function visit(search: string) {
  const visited = await site.visit(chrome.browser, `${search}`);
  await visited.page.waitForFunction(() => document.body.dataset.stage === "ready", WAIT);
  return visited;
}

const text = (page: Page, id: string) => page.$eval(`#${id}`, (found) => found.textContent ?? "");
const disabled = (page: Page, id: string) => page.$eval(`#${id}`, (found) => (found as HTMLButtonElement).disabled);

async function open(page: Page, ...files: string[]): Promise<void> {
  const input = (await page.$("#files")) as ElementHandle<HTMLInputElement>;
  await input.uploadFile(...files);
}

/** Notes of a voice that is `pitch` high, each a fifth of a second. */
function voice(name: string, pitch: number, seconds: number): string {
  const rate = 16_000;
  const values = Array.from({ length: seconds * rate }, (_, i) => {
    const note = pitch * (1 + (Math.floor((5 * i) / rate) % 4) / 4);
    return Math.round(12_000 * Math.sin((2 * Math.PI * note * i) / rate));
  });
  const file = join(site.folder, name);
  writeFileSync(file, wavBytes({ rate, values }));
  return file;
}

test("two sound files: heard, learned, told apart", async () => {
  const { page, faults } = await visit("?task=sounds&epochs=2");
  expect(await disabled(page, "go")).toBe(true);
  await open(page, voice("low.wav", 150, 8), voice("high.wav", 600, 7));
  await page.waitForFunction(() => document.querySelectorAll("#recordings button").length === 2, WAIT);
  expect(await text(page, "recordings")).toMatch(/low\.wav 8\.0.s.*high\.wav 7\.0.s/);
  await page.click("#go");
  await page.waitForFunction(() => ["done", "failed", "lost"].includes(document.body.dataset.stage ?? ""), WAIT);
  expect(await text(page, "notice")).not.toContain("Training stopped");
  expect(await page.evaluate(() => document.body.dataset.stage)).toBe("done");
  expect(await text(page, "result")).toMatch(/Mean log-mel.*of held-out clips by their neighbours/s);
  expect(await text(page, "map")).toContain("high.wav");
  expect(faults).toEqual([]);
  await page.close();
});

test("the microphone: recorded, stopped, removed", async () => {
  const { page, faults } = await visit("?task=sounds");
  await page.click("#record");
  await page.waitForFunction(() => document.body.classList.contains("recording"), WAIT);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await page.click("#record");
  await page.waitForFunction(() => document.querySelectorAll("#recordings button").length === 1, WAIT);
  expect(await text(page, "recordings")).toMatch(/Recording 1 [1-9]\.\d.s/);
  await page.click("#recordings button");
  await page.waitForFunction(() => document.querySelectorAll("#recordings button").length === 0, WAIT);
  expect(await text(page, "recordings")).toContain("At least 10 seconds");
  expect(faults).toEqual([]);
  await page.close();
});

test("a file that is no sound is refused by name, and nothing else is lost", async () => {
  const { page } = await visit("?task=sounds");
  const file = join(site.folder, "words.wav");
  writeFileSync(file, "not a sound");
  await open(page, voice("tone.wav", 200, 2), file);
  await page.waitForFunction(() => document.querySelector("#heard")?.textContent !== "", WAIT);
  expect(await text(page, "heard")).toMatch(/words\.wav: not a sound that this browser can decode/);
  expect(await text(page, "recordings")).toContain("tone.wav");
  await page.close();
});

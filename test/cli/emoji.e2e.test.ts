import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import type { Baseline, ViewsEvaluation } from "../../src/train/events.ts";
import { nearfar, temporaryFolder } from "./run.ts";

// Real colour images with names: drawings of emoji, small ones, and few.

const base = temporaryFolder();
const SMALL = "--batch 16 --blocks 8,8 --dim 16 --epochs 1 --image-size 16 --limit 32 --test 24 --json".split(" ");
const train = (name: string, ...args: string[]) => nearfar(["train", "--data", "emoji", ...SMALL, ...args, "--out", join(base, name)]);

test("an objective with one view trains on the first of two vendors; embed takes another one", async () => {
  const { code, events, stderr } = await train("run", "--vendors", "noto,twemoji");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ event: "start", data: "emoji", images: { train: 32, test: 24 }, steps: 2 });
  const done = events.at(-1);
  expect(done).toMatchObject({ event: "done", steps: 2, knn: expect.any(Number), baseline: { pixels: expect.any(Number) } });
  const saved = JSON.parse(readFileSync(join(base, "run", "config.json"), "utf8"));
  expect(saved.data).toEqual({
    name: "emoji",
    folder: null,
    classes: null,
    limit: 32,
    test: 24,
    vendors: ["noto", "twemoji"],
    size: [16, 16],
  });

  const evaluate = async (...args: string[]) => (await nearfar(["evaluate", join(base, "run"), ...args, "--json"])).events.at(-1);
  expect(await evaluate()).toMatchObject({ knn: done?.knn });
  expect(await evaluate("--vendors", "openmoji"), "a run knows its data").toMatchObject({ event: "error", error: "FormatError" });

  const out = join(base, "openmoji.npy");
  const embedded = await nearfar(["embed", "--weights", join(base, "run"), "--vendors", "openmoji", "--out", out]);
  expect({ code: embedded.code, stderr: embedded.stderr }).toEqual({ code: 0, stderr: "" });
  expect(readNpy(readFileSync(out)).shape).toEqual([288, 16]);
});

test("cmc: every vendor is a view; the same in headless Chrome; evaluate says it again", async () => {
  const options = ["--vendors", "noto,twemoji,openmoji", "--objective", "cmc", "--encoders", "shared", "--reduction", "mean"];
  const [dawn, chrome] = [await train("cmc", ...options), await train("cmc-chrome", ...options, "--host", "chrome")];
  expect({ code: dawn.code, stderr: dawn.stderr }).toEqual({ code: 0, stderr: "" });
  expect({ code: chrome.code, stderr: chrome.stderr }).toEqual({ code: 0, stderr: "" });
  const { views, baseline } = dawn.events.at(-1) as { views: ViewsEvaluation; baseline: Baseline };
  expect(views.names).toEqual(["noto", "twemoji", "openmoji"]);
  expect(views.knn).toHaveLength(3);
  expect(views.match?.pairs).toHaveLength(6);
  expect(views.match?.chance[0]).toBeCloseTo(1 / 24, 12);
  expect(baseline.match?.pixels).toBeGreaterThan(1 / 24);
  const same = /swiftshader/i.test(String(dawn.events[0]?.adapter)) && /swiftshader/i.test(String(chrome.events[0]?.adapter));
  if (same) expect((chrome.events.at(-1) as { views: ViewsEvaluation }).views).toEqual(views);
  expect(readFileSync(join(base, "cmc", "report.html"), "utf8")).toContain("Across views");

  const evaluated = await nearfar(["evaluate", join(base, "cmc"), "--json"]);
  expect(evaluated.events.at(-1)).toMatchObject({ event: "done", objective: "cmc", views });
  const told = await nearfar(["evaluate", join(base, "cmc")]);
  expect(told.stdout).toMatch(/across views: Recall@1 .*raw pixels .*untrained/);
});

test("pooled drawings are samples", async () => {
  const { code, events, stderr } = await train("pool", "--vendors", "noto,twemoji", "--pool", "--objective", "invaspread");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ images: { train: 32, test: 24 } });
  const { events: all } = await nearfar(["evaluate", join(base, "pool"), "--test", "10", "--json"]);
  expect(all.at(-1)).toMatchObject({ event: "done" });
});

test.each([
  [["--data", "emoji", "--vendors", "noto,apple"], "data.vendors: expected one of noto, twemoji, openmoji, fluent-emoji-flat"],
  [["--data", "emoji", "--data-dir", "x"], "--data emoji is drawn from npm packages: leave --data-dir out"],
  [["--vendors", "noto"], 'data mnist: unknown option "vendors"'],
])("%j is a usage error", async (args, words) => {
  const { code, stderr, stdout } = await nearfar(["train", ...args, "--out", join(base, "bad")]);
  expect(stderr).toContain(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

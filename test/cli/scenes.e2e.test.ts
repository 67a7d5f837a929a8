import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { nearfar, temporaryFolder } from "./run.ts";

// Data that the job makes on its own GPU.

const base = temporaryFolder();
const DATA = "--data scenes --limit 48 --test 24 --image-size 12x16".split(" ");
const SMALL = "--batch 16 --blocks 8,8 --dim 16 --epochs 1 --mode softmax --negatives 16 --json".split(" ");

test("scenes: train, evaluate and embed make the same images, in Chrome too", async () => {
  const run = join(base, "run");
  const done = await nearfar(["train", ...DATA, ...SMALL, "--out", run]);
  expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: "" });
  expect(done.events[0]).toMatchObject({ event: "start", images: { train: 48, test: 24 } });
  const end = done.events.at(-1);
  expect(end).toMatchObject({ event: "done", steps: 3 });

  const evaluated = await nearfar(["evaluate", run, "--json"]);
  expect(evaluated.events.at(-1)).toMatchObject({ knn: end?.knn, baseline: end?.baseline });

  const features = join(base, "features.npy");
  const embedded = await nearfar(["embed", "--weights", run, "--split", "train", "--limit", "5", "--out", features]);
  expect({ code: embedded.code, stderr: embedded.stderr }).toEqual({ code: 0, stderr: "" });
  expect(readNpy(readFileSync(features), features).shape).toEqual([5, 16]);

  const chrome = await nearfar(["train", ...DATA, ...SMALL, "--host", "chrome", "--out", join(base, "chrome")]);
  expect(chrome.code).toBe(0);
  expect(chrome.events[0]).toMatchObject({ event: "start", images: { train: 48, test: 24 } });
  const loss = (events: typeof done.events) => events.filter(({ event }) => event === "step").map((event) => Number(event.loss));
  if ([done, chrome].every(({ events }) => /swiftshader/i.test(String(events[0]?.adapter))))
    expect(loss(chrome.events)).toEqual(loss(done.events));
  else expect(loss(chrome.events)[0]).toBeCloseTo(loss(done.events)[0] ?? Number.NaN, 2);
});

test("what scenes do not have is refused", async () => {
  const refused = async (...args: string[]) => (await nearfar(["train", ...args, "--out", join(base, "no")])).stderr;
  expect(await refused("--data", "scenes", "--data-dir", base)).toContain("scenes is made, not read: leave --data-dir out");
  expect(await refused("--data", "scenes", "--image-size", "big")).toContain("--image-size: expected N or HxW");
  expect(await refused("--data", "mnist", "--image-size", "16")).toContain("leave --image-size out");
});

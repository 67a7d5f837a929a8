import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { type Event, nearfar, temporaryFolder } from "./run.ts";

// Data that the job makes on its own GPU.

const base = temporaryFolder();
const DATA = "--data scenes --limit 48 --test 24 --image-size 12x16".split(" ");
const SMALL = "--batch 16 --blocks 8,8 --dim 16 --epochs 1 --mode softmax --negatives 16 --json".split(" ");
const run = join(base, "run");

async function good(args: readonly string[]): Promise<readonly Event[]> {
  const { code, stderr, events } = await nearfar([...args, ...(args.includes("--json") ? [] : ["--json"])]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return events;
}

const losses = (events: readonly Event[]): number[] => events.filter(({ event }) => event === "step").map(({ loss }) => Number(loss));

test("scenes: every command makes the images of the run again, Chrome too", async () => {
  const done = await good(["train", ...DATA, ...SMALL, "--out", run]);
  expect(done[0]).toMatchObject({ event: "start", data: "scenes", images: { train: 48, test: 24 } });
  const end = done.at(-1);
  expect(end).toMatchObject({ event: "done", steps: 3, knn: expect.any(Number), baseline: { pixels: expect.any(Number) } });

  const evaluated = await good(["evaluate", run]);
  expect(evaluated.at(-1)).toMatchObject({ knn: end?.knn, baseline: end?.baseline });
  expect((await nearfar(["evaluate", run, "--test", "9"])).stdout, "what a person reads").toContain("on 9 held-out images");
  const others = (await nearfar(["evaluate", run, "--data-seed", "2", "--json"])).events.at(-1);
  expect(others).toMatchObject({
    event: "error",
    message: expect.stringMatching(/other data \(.*of seed 1, .* than given \(.*of seed 2, /),
  });

  const features = join(base, "features.npy");
  await good(["embed", "--weights", run, "--split", "train", "--limit", "5", "--out", features]);
  expect(readNpy(readFileSync(features), features).shape).toEqual([5, 16]);

  const chrome = await good(["train", ...DATA, ...SMALL, "--host", "chrome", "--out", join(base, "chrome")]);
  expect(chrome[0]).toMatchObject({ event: "start", images: { train: 48, test: 24 } });
  if ([done, chrome].every(([start]) => /swiftshader/i.test(String(start?.adapter)))) expect(losses(chrome)).toEqual(losses(done));
  else expect(losses(chrome)[0]).toBeCloseTo(losses(done)[0] ?? Number.NaN, 2);
});

test("a run on some kinds of rooms goes on, is probed, and retrieves the kinds that it never saw", async () => {
  const some = join(base, "some");
  const trained = await good(["train", ...DATA, "--train-classes", "1,3,5", ...SMALL, "--out", some]);
  expect(trained[0]).toMatchObject({ images: { train: 48, test: 24 } });
  expect(JSON.parse(readFileSync(join(some, "config.json"), "utf8")).data).toMatchObject({ classes: [1, 3, 5], size: [12, 16] });
  const resumed = await good(["train", "--resume", some, "--epochs", "2"]);
  expect(resumed[0]).toMatchObject({ from: 3, steps: 6, images: { train: 48, test: 24 } });

  const probed = await good(["probe", some, "--rates", "0.1", "--epochs", "5", "--no-baselines"]);
  const { images, perClass } = probed.at(-1) ?? {};
  expect(images).toEqual({ train: 48, test: 24 });
  expect((perClass as unknown[]).map((share) => share === null)).toEqual([true, false, true, false, true, false]);

  const found = await good(["retrieve", some, "--classes", "unseen", "--test", "18", "--restarts", "1", "--no-baselines"]);
  expect(found.at(-1)).toMatchObject({ event: "done", images: 18, classes: 3 });
});

test.each([
  [["--data", "scenes", "--data-dir", base], "--data scenes is made, not read: leave --data-dir out"],
  [["--data", "scenes", "--image-size", "big"], "--image-size: expected N or HxW, such as 32 or 32x48, got"],
  [["--data", "scenes", "--image-size", "8x4000"], "scenes: size: expected an integer of 1 or more and at most 1024, got 4000"],
  [["--data", "scenes", "--train-classes", "1,6"], "scenes: kinds of rooms: expected some of 0 bathroom, "],
  [["--data", "scenes", "--limit", "2000000000"], "scenes: count: expected at most 699050 of 32 x 32, got 2000000000"],
  [["--data", "scenes", "--data-seed", "-1"], "scenes: seed: expected an integer of 0 or more and at most 4294967295, got -1"],
  [["--data", "scenes", "--vendors", "noto"], 'data scenes: unknown option "vendors"'],
  [["--data", "mnist", "--data-seed", "2"], 'data mnist: unknown option "seed"'],
])("%j is a usage error", async (args, words) => {
  const { code, stderr, stdout } = await nearfar(["train", ...args, "--out", join(base, "bad")]);
  expect(stderr).toContain(words);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

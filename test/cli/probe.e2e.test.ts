import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../src/formats/safetensors.ts";
import { nearfar, TINY, temporaryFolder } from "./run.ts";

// `nearfar probe`, `nearfar retrieve` and the grid of `nearfar evaluate`, on a run that left classes out.

const base = temporaryFolder();
const run = join(base, "run");
const CHECKPOINT = join(run, "checkpoint.safetensors");
const state = join(base, "state.safetensors");

async function one(args: readonly string[]) {
  const { code, stderr, events } = await nearfar([...args, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events).toHaveLength(1);
  const [done = {}] = events;
  expect(done).toMatchObject({ event: "done", adapter: expect.any(String) });
  return done;
}

beforeAll(async () => {
  const { code, stderr } = await nearfar([...TINY, "--train-classes", "0,1,2,4", "--out", run]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const own = [...readSafetensors(readFileSync(CHECKPOINT)).tensors].filter(([name]) => name.startsWith("encoder."));
  writeFileSync(state, writeSafetensors(new Map(own), {}));
});

test("probe of a run: the classes that it was trained on, beside both baselines; the same of its state_dict and in Chrome", async () => {
  const options = ["--epochs", "8", "--batch", "64", "--rates", "0.1,1"];
  const before = readdirSync(run);
  const done = await one(["probe", run, ...options]);
  expect(done).toMatchObject({ images: { train: 256, test: 128 }, dim: 16, top5: 1, weights: CHECKPOINT });
  const { perClass, trials, baseline, top1 } = done as unknown as {
    readonly perClass: readonly (number | null)[];
    readonly trials: readonly { readonly rate: number }[];
    readonly baseline: { readonly [name: string]: { readonly top1: number; readonly dim: number } };
    readonly top1: number;
  };
  expect(perClass.map((share) => share !== null)).toEqual([true, true, true, false, true]);
  expect(trials.map(({ rate }) => rate)).toEqual([0.1, 1]);
  expect([baseline.pixels?.dim, baseline.untrained?.dim]).toEqual([784, 16]);
  expect(baseline.pixels?.top1).toBeGreaterThan(0.85);
  for (const share of [top1, baseline.untrained?.top1]) expect(share).toBeGreaterThan(0.5);
  expect(readdirSync(run)).toEqual(before);

  const counts = ["--limit", "256", "--test", "128", "--no-baselines"];
  const whole = await one(["probe", "--weights", state, "--encoder", "convnet", ...counts, ...options]);
  expect(whole).toMatchObject({ baseline: null, images: { train: 256, test: 128 } });
  expect((whole.perClass as readonly unknown[]).length).toBe(10);

  const chrome = await one(["probe", run, ...options, "--no-baselines", "--host", "chrome"]);
  expect(chrome.top1 as number).toBeCloseTo(top1, 1);
});

test("retrieve: recall rises with K and beats chance; unseen classes are those that the run left out", async () => {
  const done = await one(["retrieve", run, "--classes", "unseen", "--test", "150", "--k", "1,5,20", "--restarts", "3"]);
  expect(done).toMatchObject({ images: 150, classes: 6, queries: 150, alone: 0, dim: 16 });
  const figures = done as unknown as {
    readonly recalls: readonly { readonly k: number; readonly recall: number; readonly chance: number }[];
    readonly nmi: number;
    readonly mapAtR: number;
    readonly baseline: { readonly pixels: { readonly nmi: number } };
  };
  const { recalls, nmi, mapAtR, baseline } = figures;
  expect(recalls.map(({ k }) => k)).toEqual([1, 5, 20]);
  recalls.forEach(({ recall, chance }, i) => {
    expect(recall).toBeGreaterThan(chance);
    expect(recall).toBeGreaterThanOrEqual(recalls[i - 1]?.recall ?? 0);
  });
  for (const share of [nmi, mapAtR, baseline.pixels.nmi]) {
    expect(share).toBeGreaterThan(0.1);
    expect(share).toBeLessThan(1);
  }
  const again = await one(["retrieve", run, "--no-baselines"]);
  expect(again).toMatchObject({ images: 128, classes: 4, baseline: null });
  const named = await one(["retrieve", "--weights", state, "--encoder", "convnet", "--classes", "7,9", "--test", "40", "--no-baselines"]);
  expect(named).toMatchObject({ images: 40, classes: 2 });
});

test("for people: tables", async () => {
  const probed = await nearfar(["probe", run, "--epochs", "2", "--no-baselines"]);
  expect(probed).toMatchObject({ code: 0, stderr: "" });
  for (const words of ["256 training and 128 test images", "top-1", "encoder  ", "by class: 0 ", "rates on held-out"]) {
    expect(probed.stdout).toContain(words);
  }
  const found = await nearfar(["retrieve", run, "--no-baselines"]);
  expect(found).toMatchObject({ code: 0, stderr: "" });
  for (const words of ["128 test images of 4 classes", "R@1", "NMI", "chance"]) expect(found.stdout).toContain(words);
});

test("evaluate with several k and temperatures: every pair beside the run's own, in one search; the figure stays the run's", async () => {
  const args = ["evaluate", run, "--k", "5,1,200", "--knn-temperature", "0.1,0.5"];
  const done = await one(args);
  const grid = done.grid as readonly { readonly k: number; readonly temperature: number; readonly accuracy: number }[];
  expect(grid.map(({ k, temperature }) => [k, temperature])).toEqual([20, 5, 1, 200].flatMap((k) => [0.1, 0.5].map((t) => [k, t])));
  expect(done.knn).toBe(grid[0]?.accuracy);
  expect(grid[4]?.accuracy).toBe(grid[5]?.accuracy); // one neighbour has all the votes at any temperature
  expect(done.alignment).toBeGreaterThan(0);
  const { stdout } = await nearfar(args);
  expect(stdout).toMatch(/kNN +T 0\.1 +T 0\.5\nk 1 .*\nk 5 .*\nk 20 .*\nk 200 /);
  const five = await one(["evaluate", run, "--k", "5"]);
  expect(five.knn).toBe(grid[2]?.accuracy);
});

test.each([
  [["probe"], "--weights FILE|DIR is missing"],
  [["probe", run, "--weights", state], "not both"],
  [["probe", "nowhere"], "nowhere: no such file or folder"],
  [["probe", run, "--rates", "0.1,x"], "--rates: expected numbers separated by commas"],
  [["probe", run, "--rates", "0"], "rates: expected a number above 0"],
  [["probe", run, "--label", "voice"], "--label: for sound and text; data mnist has images"],
  [["retrieve", run, "--classes", "3,x"], "--classes: expected whole numbers separated by commas, or unseen"],
  [["retrieve", run, "--classes", "12"], "no sample of class 12"],
  [["retrieve", "--weights", state, "--encoder", "convnet", "--classes", "unseen"], "was not trained with --train-classes"],
  [["retrieve", run, "--k", "1,128"], "k must be an integer from 1 to 127"],
  [["evaluate", run, "--k", "5,201"], "--k: expected an integer of 1 or more and at most 200, got 201"],
  [["train", "--train-classes", "1,1"], "data.classes: expected a list of class numbers, each once"],
])("%j is a usage error", async (args, words) => {
  const { code, stderr } = await nearfar(args);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(code).toBe(2);
});

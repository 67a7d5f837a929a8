import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { type Event, nearfar, temporaryFolder } from "./run.ts";

// Contrastive prediction of images, patch by patch, on drawings of emoji.

const base = temporaryFolder();
const DATA = "--data emoji --image-size 16 --limit 48 --test 24".split(" ");
const SMALL = "--objective cpc --patch-pixels 6 --patch-step 2 --blocks 8,8 --units 8 --steps 2 --batch 16 --epochs 1 --json".split(" ");
const train = (name: string, ...args: string[]) => nearfar(["train", ...DATA, ...SMALL, ...args, "--out", join(base, name)]);
const run = join(base, "run");

test("trains, goes on, and every command takes such a run", async () => {
  const { code, events, stderr } = await train("run", "--context", "rows");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ event: "start", objective: "cpc", data: "emoji", images: { train: 48, test: 24 }, steps: 3 });
  expect(events.find(({ event }) => event === "step")).toMatchObject({
    parts: { "accuracy 2": expect.any(Number), bound: expect.any(Number) },
  });
  const vectors = { rank: expect.any(Number), dead: expect.any(Number), dim: 8 };
  expect(events.findLast(({ event }) => event === "evaluate")).toMatchObject({ spread: { latents: vectors, contexts: vectors } });
  const done = events.at(-1);
  expect(done).toMatchObject({
    event: "done",
    knn: expect.any(Number),
    baseline: { pixels: expect.any(Number), untrained: expect.any(Number) },
  });
  const report = readFileSync(join(run, "report.html"), "utf8");
  for (const words of ["raw pixels", "untrained", "Effective rank of c", "latents z", "Nearest neighbours"])
    expect(report).toContain(words);

  const more = await nearfar(["train", "--resume", run, "--epochs", "2"]);
  expect([more.code, more.stderr]).toEqual([0, ""]);
  expect(more.stdout).toMatch(/epoch 2\/2 .*effective rank of z \d+\.\d, of c \d+\.\d/);

  const evaluated = await nearfar(["evaluate", run, "--json"]);
  expect([evaluated.code, evaluated.stderr]).toEqual([0, ""]);
  expect(more.stdout).toContain(`kNN ${(100 * Number(evaluated.events.at(-1)?.knn)).toFixed(1)} %`);
  const probed = await nearfar(["probe", run, "--epochs", "2", "--json"]);
  expect([probed.code, probed.stderr]).toEqual([0, ""]);
  expect(probed.events.at(-1)).toMatchObject({ event: "done", dim: 8, baseline: { untrained: { dim: 8 } } });
  const retrieved = await nearfar(["retrieve", run, "--json"]);
  expect([retrieved.code, retrieved.stderr]).toEqual([0, ""]);
  const out = join(base, "features.npy");
  const embedded = await nearfar(["embed", "--weights", run, "--out", out]);
  expect([embedded.code, embedded.stderr]).toEqual([0, ""]);
  expect(readNpy(readFileSync(out), out).shape).toEqual([288, 8]); // embed takes all that are held out
});

test("trains the same in Chrome", async () => {
  const [here, chrome] = [
    await train("here", "--negatives", "sequence"),
    await train("chrome", "--negatives", "sequence", "--host", "chrome"),
  ];
  expect({ code: chrome.code, stderr: chrome.stderr }).toEqual({ code: 0, stderr: "" });
  const losses = (all: readonly Event[]) => all.flatMap((e) => (e.event === "step" ? [Number(e.loss)] : []));
  expect(losses(chrome.events)).toHaveLength(3);
  losses(chrome.events).forEach((loss, i) => {
    expect(loss).toBeCloseTo(losses(here.events)[i] ?? Number.NaN, 4);
  });
});

test.each<[string[], RegExp]>([
  [["--steps", "5"], /5 steps ahead, 1 skipped, do not fit grids of 6 rows/],
  [["--negatives", "speaker"], /images have no speakers/],
  [["--encoder", "convnet"], /encoder convnet: data emoji are images, learned by cpc: expected encoder patchnet/],
  [["--patch-pixels", "17"], /patches of 17 pixels do not fit images of 16 x 16/],
  [["--context", "lstm"], /context: expected one of pixel, rows, gru, got "lstm"/],
])("refused: %o", async (args, message) => {
  const { code, stderr } = await train("none", ...args);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

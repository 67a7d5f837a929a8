import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ViewsResults } from "../../src/experiments/views_results.ts";
import { nearfar, temporaryFolder } from "./run.ts";

const base = temporaryFolder();
const SMALL = "--limit 32 --test 16 --image-size 8 --blocks 8,8 --dim 8 --batch 16 --epochs 1 --probe-epochs 1".split(" ");
const dir = join(base, "scenes");
const again = (...more: string[]) => ["experiment", "views", "--data", "scenes", ...SMALL, "--out", dir, ...more];
const results = (): ViewsResults => JSON.parse(readFileSync(join(dir, "views.json"), "utf8"));

test("views on scenes: Ctrl-C keeps what was measured, the same command goes on, and figures are those of a run in one go", async () => {
  let stopped = false;
  const first = await nearfar(again("--seeds", "1", "--json"), (line, child) => {
    if (line.includes('"views":2') && !stopped) stopped = child.kill("SIGINT");
  });
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 130, stderr: "" });
  expect(first.events.at(-1)).toMatchObject({ event: "interrupted", results: join(dir, "views.json") });
  const before = results().sections.scenes?.cells ?? [];
  expect(before.length).toBeGreaterThanOrEqual(3);
  expect(before.length).toBeLessThan(7);
  expect(readFileSync(join(dir, "views.html"), "utf8"), "a report of what there is so far").toContain("<svg");

  const second = await nearfar(again("--seeds", "1", "--json"));
  expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: "" });
  expect(second.events.filter(({ event }) => event === "cell")).toHaveLength(7 - before.length);
  const { cells = [], images, reference } = results().sections.scenes ?? {};
  expect(cells.slice(0, before.length), "not run again").toEqual(before);
  expect(cells.map(({ views, graph, seed }) => [views, graph, seed])).toEqual([
    [0, null, 1],
    [1, null, 1],
    [2, null, 1],
    [3, "core", 1],
    [3, "full", 1],
    [4, "core", 1],
    [4, "full", 1],
  ]);
  expect(images).toEqual({ train: 32, test: 16 });
  expect(Object.keys(reference ?? {})).toEqual(["meanIoU", "pixelAccuracy"]);
  for (const { figures } of cells) expect(figures).toEqual({ meanIoU: expect.any(Number), pixelAccuracy: expect.any(Number) });

  const whole = await nearfar([
    "experiment",
    "views",
    "--data",
    "scenes",
    ...SMALL,
    "--seeds",
    "1",
    "--out",
    join(base, "whole"),
    "--json",
  ]);
  const figures = (list: readonly object[]) => list.map((cell) => (cell as { figures: object }).figures);
  expect(figures(whole.events.filter(({ event }) => event === "cell"))).toEqual(figures(cells));

  const shown = await nearfar(again("--seeds", "1"));
  expect(shown.stdout).toContain("scenes: 7 of 7 trainings are there already");
  expect(shown.stdout).toMatch(/4 views, full +\d+\.\d.% +\d+\.\d.% +1\n/u);

  const changed = await nearfar(again("--epochs", "2"));
  expect(changed.code).toBe(2);
  expect(changed.stderr).toContain("views.json: scenes: train.epochs is 1 in the results there, 2 here: name another folder with --out");
});

test("views on emoji, one seed", async () => {
  const out = join(base, "emoji");
  const { code, stderr, events } = await nearfar([
    "experiment",
    "views",
    "--data",
    "emoji",
    "--seeds",
    "1",
    ...SMALL,
    "--image-size",
    "16",
    "--out",
    out,
    "--json",
  ]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const cells = events.filter(({ event }) => event === "cell");
  expect(cells.map(({ views, graph }) => `${views} ${graph}`)).toEqual([
    "0 null",
    "1 null",
    "2 null",
    "3 core",
    "3 full",
    "4 core",
    "4 full",
  ]);
  for (const { figures } of cells) expect(figures).toEqual({ knn: expect.any(Number), recall: expect.any(Number) });
  expect(existsSync(join(out, "views.html"))).toBe(true);
});

test.each([
  [["experiment"], "usage: nearfar experiment NAME [options]"],
  [["experiment", "view"], 'unknown experiment "view"; did you mean views?'],
  [["experiment", "views", "--data", "mnist"], '--data: expected scenes, emoji, or both separated by a comma, got "mnist"'],
  [["experiment", "views", "--seeds", "0"], "--seeds: expected an integer of 1 or more"],
  [["experiment", "views", "--epochs", "0"], "epochs: expected an integer of 1 or more"],
  [["experiment", "views", "--data", "scenes", "--limit", "16", "--test", "4", "--image-size", "8"], "expected a batch of at most 16"],
])("%j is a usage error", async (args, words) => {
  const { code, stderr, stdout } = await nearfar([...args, ...(args.length > 2 ? ["--out", join(base, "bad")] : [])]);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(existsSync(join(base, "bad")), "nothing is left behind").toBe(false);
});

test("a file that is no results is named and left alone", async () => {
  const out = join(base, "foreign");
  mkdirSync(out);
  writeFileSync(join(out, "views.json"), "mine");
  const { code, stderr } = await nearfar(["experiment", "views", "--data", "scenes", ...SMALL, "--out", out]);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${join(out, "views.json")}: not JSON`) });
  expect(readFileSync(join(out, "views.json"), "utf8")).toBe("mine");
});

import { join } from "node:path";
import { expect, test } from "vitest";
import { resolveConfig, type TrainOptions } from "../../src/train/config.ts";
import { PRESETS, presetOf } from "../../src/train/presets.ts";
import { nearfar, TINY, temporaryFolder } from "./run.ts";

const base = temporaryFolder();

test("presets lists all of them, a line each", async () => {
  const { code, stdout } = await nearfar(["presets"]);
  expect(code).toBe(0);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  expect(head).toMatch(/^preset +data +encoder +epochs +PFLOP +aims at$/);
  expect(rows.map((row) => row.split(" ")[0])).toEqual(PRESETS.map(({ name }) => name));
  expect(stdout).toMatch(/^invaspread-cifar10 +cifar10 +resnet18 +301 +100 +kNN 83\.6 %$/m);
});

test("presets NAME prints a config that is the preset, and where it is from", async () => {
  const { code, stdout } = await nearfar(["presets", "instdisc-imagenet"]);
  expect(code).toBe(0);
  const { made, ...config } = JSON.parse(stdout) as { made: { source: string; cost: { flops: number } } } & TrainOptions;
  expect(resolveConfig(config)).toEqual(resolveConfig(presetOf("instdisc-imagenet").config));
  expect(made.source).toContain("1805.01978");
  expect(made.cost.flops).toBeGreaterThan(2e18);
});

test("presets NAME --measure times steps and projects", async () => {
  const args = "presets invaspread-mnist --measure --batch 8 --limit 32 --steps 2 --tflops 2 --share 0.5 --json".split(" ");
  const { code, events } = await nearfar(args);
  expect(code).toBe(0);
  expect(events).toHaveLength(1);
  const { event, batch, steps, secondsPerStep, imagesPerSecond, flopsPerStep, flopsPerSecond, runSeconds, epochSeconds, gpuRunSeconds } =
    events[0] as unknown as Record<string, number>;
  expect([event, batch, steps]).toEqual(["measured", 8, 2]);
  expect(imagesPerSecond! * secondsPerStep!).toBeCloseTo(8, 6);
  expect(flopsPerSecond! * secondsPerStep!).toBeCloseTo(flopsPerStep!, -3);
  expect(epochSeconds! * imagesPerSecond!).toBeCloseTo(60_000, 3);
  expect(runSeconds).toBeCloseTo(10 * epochSeconds!, 6);
  expect(gpuRunSeconds! * 1e12).toBeGreaterThan(4e12); // 4.7 TFLOP at half of 2 TFLOP/s
});

test("train --preset takes a preset, options win over it, and its config.json goes on", async () => {
  const out = join(base, "run");
  const { code, stderr } = await nearfar([
    ...TINY,
    "--preset",
    "instdisc-mnist",
    "--accumulate",
    "2",
    "--schedule",
    "step",
    "--config",
    "x",
  ]);
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("--preset and --config exclude each other") });
  const run = await nearfar([...TINY, "--preset", "instdisc-mnist", "--accumulate", "2", "--out", out]);
  expect(run.stderr).toBe("");
  expect(run.code).toBe(0);
  const again = await nearfar(["train", "--resume", out, "--epochs", "1", "--preset", "instdisc-mnist"]);
  expect(again.stderr).toContain("--preset and --resume exclude each other");
});

test.each([
  [["presets", "instdisc"], "preset: expected one of instdisc-cifar10"],
  [["presets", "--measure"], "--measure wants the name of a preset"],
  [["presets", "instdisc-mnist", "--batch", "3"], "--batch is for --measure"],
  [["presets", "instdisc-mnist", "--measure", "--limit", "3"], "--limit: expected an integer of 128 or more"],
  [["train", "--preset", "nothing"], "preset: expected one of"],
  [["train", "--preset", "instdisc-imagenet"], "say with --data what to train on"],
  [["train", "--preset", "instdisc-cifar10"], "give the folder of its files"],
  [["train", "--batch", "6", "--accumulate", "4"], "accumulate: expected a divisor of the batch of 6, got 4"],
])("%j is a usage error", async (args, words) => {
  const { code, stderr } = await nearfar(args);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
});

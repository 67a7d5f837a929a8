import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { entry, tar } from "../data/cifar_bytes.ts";
import { stlFiles } from "../data/stl10_bytes.ts";
import { nearfar, temporaryFolder } from "./run.ts";

// Runs on colour images as downloaded, with the views that colour images want: small files of the published formats.

const base = temporaryFolder();
const SMALL = "--batch 16 --blocks 8,8 --dim 16 --epochs 1 --mode softmax --negatives 16 --json".split(" ");
const VIEW = {
  kind: "crop",
  area: [0.2, 1],
  jitter: { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 },
  grayscale: 0.2,
  normalise: { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] },
};

function configFile(): string {
  const file = join(base, "view.json");
  writeFileSync(file, JSON.stringify({ view: VIEW }));
  return file;
}

/** 64 training images and 16 held out in CIFAR-10's format: a colour for each class, and a texture for each image. */
function cifarArchive(): string {
  const record = (n: number) => [
    n % 10,
    ...Array.from({ length: 3072 }, (_, i) => (20 * (n % 10) + 60 * (i >> 10) + ((n * i) % 31)) % 256),
  ];
  const file = (name: string, first: number, count: number) =>
    entry(`cifar-10-batches-bin/${name}`, Uint8Array.from(Array.from({ length: count }, (_, i) => record(first + i)).flat()));
  const batches = [0, 1, 2, 3, 4].map((n) => file(`data_batch_${n + 1}.bin`, 13 * n, n === 4 ? 12 : 13));
  const path = join(base, "cifar-10-binary.tar.gz");
  writeFileSync(path, gzipSync(tar(...batches, file("test_batch.bin", 64, 16))));
  return path;
}

test("CIFAR-10 from its .tar.gz, with crops, jitter and greyscale, to a report", async () => {
  const out = join(base, "cifar");
  const data = ["--data", "cifar10", "--data-dir", cifarArchive(), "--test", "16"];
  const { code, events, stderr } = await nearfar(["train", ...data, "--config", configFile(), ...SMALL, "--out", out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ event: "start", data: "cifar10", images: { train: 64, test: 16 }, steps: 4 });
  const losses = events.filter(({ event }) => event === "step").map(({ loss }) => loss);
  expect(losses).toHaveLength(4);
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(events.at(-1)).toMatchObject({ event: "done", steps: 4, knn: expect.any(Number), baseline: { pixels: expect.any(Number) } });
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8"))).toMatchObject({ view: VIEW, data: { name: "cifar10" } });
});

test("CMC over L and ab of CIFAR-10; colour jitter before the split is refused", async () => {
  const out = join(base, "cmc");
  const data = ["--data", "cifar10", "--data-dir", cifarArchive(), "--test", "16", "--objective", "cmc", "--views", "lab"];
  const { code, events, stderr } = await nearfar(["train", ...data, ...SMALL, "--out", out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events.filter(({ event }) => event === "step").every(({ loss }) => Number.isFinite(loss))).toBe(true);
  expect(events.findLast(({ event }) => event === "evaluate")).toMatchObject({
    knn: expect.any(Number),
    views: { names: ["L", "ab"], knnAll: expect.any(Number) },
  });
  const refused = await nearfar(["train", ...data, "--config", configFile(), ...SMALL, "--out", join(base, "refused")]);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toMatch(/view.normalise|before the split/);
});

test("STL-10 without labels: a first part of the file, no accuracy", async () => {
  for (const [name, bytes] of stlFiles()) writeFileSync(join(base, name), bytes);
  const data = ["--data", "stl10-unlabeled", "--data-dir", base, "--limit", "32", "--test", "12"];
  const out = join(base, "stl");
  const { code, events, stderr } = await nearfar(["train", ...data, "--config", configFile(), ...SMALL, "--out", out]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ event: "start", images: { train: 32, test: 12 }, steps: 2 });
  expect(events[0]?.baseline ?? null).toBeNull();
  expect(events.at(-1)).toMatchObject({ event: "done", steps: 2, knn: null });
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain("The data has no labels");
});

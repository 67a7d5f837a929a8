import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CHECKPOINT } from "../../src/train/checkpoint.ts";
import { parseCheckpoint } from "../../src/train/resume.ts";
import { twoThings } from "../train/texts.ts";
import { nearfar, temporaryFolder } from "./run.ts";

const folder = temporaryFolder();

test("contrastive prediction on a folder of texts, without labels so that nothing is probed", async () => {
  const texts = join(folder, "texts");
  mkdirSync(texts);
  for (const [i, text] of twoThings(10).documents.entries()) writeFileSync(join(texts, `${i}.txt`), text);
  const run = join(folder, "run");
  const sizes = ["--sentences", "6", "--words", "6", "--vocabulary", "9", "--embedding", "8", "--width", "16", "--units", "16"];
  const args = ["train", "--objective", "cpc", "--data", "text", "--root", texts, ...sizes, "--batch", "6", "--epochs", "1"];
  const { code, stderr, events } = await nearfar([...args, "--out", run, "--json"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(events[0]).toMatchObject({ event: "start", objective: "cpc", data: "text", unit: "document", images: { train: 8, test: 2 } });
  expect(events.at(-1)).toMatchObject({ event: "done", steps: 1, knn: null });
  const { config, vocabulary } = parseCheckpoint(readFileSync(join(run, CHECKPOINT)), CHECKPOINT);
  expect(config).toMatchObject({ encoder: { name: "text", width: 16 }, view: { sentences: 6 }, data: { folder: texts } });
  expect(vocabulary).toHaveLength(9);
  const report = readFileSync(join(run, "report.html"), "utf8");
  for (const words of ["8 documents", "passages a second"]) expect(report).toContain(words);
  expect(report).not.toMatch(/raw pixels|nearfar -- probe|Nearest neighbours/i);
});

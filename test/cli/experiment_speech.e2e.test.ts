import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type { SpeechResults } from "../../src/experiments/speech_report.ts";
import { wavBytes } from "../data/wav_bytes.ts";
import { tunes } from "../train/sounds.ts";
import { nearfar, temporaryFolder } from "./run.ts";

const base = temporaryFolder();
const clips = join(base, "clips");
const SMALL = [
  ...["--data", "sound", "--data-dir", clips, "--labels", "{speaker}/*", "--window", "1600", "--width", "8", "--units", "8"],
  ...["--batch", "4", "--epochs", "1", "--seeds", "1"],
];

beforeAll(async () => {
  const sound = tunes(8);
  for (const [clip, name] of sound.clipNames.entries()) {
    const path = join(clips, `${name}.wav`);
    mkdirSync(dirname(path), { recursive: true });
    const samples = await sound.read(clip, 0, sound.lengths[clip] ?? 0);
    writeFileSync(path, wavBytes({ values: Array.from(samples, (v) => Math.round(32767 * v) & 0xffff) }));
  }
});

const saved = (dir: string, study: string): SpeechResults => JSON.parse(readFileSync(join(dir, `${study}.json`), "utf8"));

test("negatives: Ctrl-C keeps what was measured, the same command goes on, and the figures are those of a run in one go", async () => {
  const dir = join(base, "negatives");
  const again = (...more: string[]) => ["experiment", "negatives", ...SMALL, "--predict", "2", "--out", dir, ...more];
  let stopped = false;
  const first = await nearfar(again("--json"), (line, child) => {
    if (line.includes('"variant":"same speaker"') && !stopped) stopped = child.kill("SIGINT");
  });
  expect({ code: first.code, stderr: first.stderr }).toEqual({ code: 130, stderr: "" });
  expect(first.events.at(-1)).toMatchObject({ event: "interrupted", results: join(dir, "negatives.json") });
  const before = saved(dir, "negatives").cells;
  expect(before.length).toBeGreaterThanOrEqual(2);
  expect(before.length).toBeLessThan(5);
  expect(readFileSync(join(dir, "negatives.html"), "utf8"), "a report of what there is so far").toContain("<svg");

  const second = await nearfar(again());
  expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: "" });
  expect(second.stdout).toContain(`${before.length} of 5 trainings are there already`);
  expect(second.stdout).toMatch(/What can be read off the mean context[\s\S]*guessing[\s\S]*mean log-mel[\s\S]*current sequence only/);
  const { cells, reference, clips: counts } = saved(dir, "negatives");
  expect(cells.slice(0, before.length), "not run again").toEqual(before);
  expect(cells.map(({ variant }) => variant)).toEqual([
    ...["mixed speaker", "same speaker", "mixed speaker (excl.)", "same speaker (excl.)", "current sequence only"],
  ]);
  expect(counts).toEqual({ train: 21, test: 3 });
  expect([...new Set(reference.map(({ of }) => of))]).toEqual(["mean log-mel", "untrained, mean context", "untrained, mean latents"]);
  for (const { ahead, measures } of cells) {
    expect(ahead).toHaveLength(2);
    expect(measures.map(({ name, of }) => [name, of])).toEqual([
      ["speaker", "mean context"],
      ["speaker", "mean latents"],
    ]);
  }

  const whole = await nearfar(["experiment", "negatives", ...SMALL, "--predict", "2", "--out", join(base, "whole"), "--json"]);
  expect(whole.code).toBe(0);
  const figures = (list: SpeechResults["cells"]) => list.map(({ seconds: _, ...cell }) => cell);
  expect(figures(saved(join(base, "whole"), "negatives").cells)).toEqual(figures(cells));

  const changed = await nearfar(again("--epochs", "2"));
  expect(changed.code).toBe(2);
  expect(changed.stderr).toMatch(/negatives\.json: epochs is 1 in the results there, 2 here: name another folder with --out/);
});

test("steps: a training for each number of steps", async () => {
  const dir = join(base, "steps");
  const { code, stderr, stdout } = await nearfar(["experiment", "steps", ...SMALL, "--ahead", "3,1", "--out", dir]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(saved(dir, "steps").cells.map(({ variant, ahead }) => [variant, ahead.length])).toEqual([
    ["1 step", 1],
    ["3 steps", 3],
  ]);
  expect(stdout).toMatch(/next step +all steps +bound/);
  expect(readFileSync(join(dir, "steps.html"), "utf8")).toContain("Accuracy by steps ahead");
});

test.each<[string[], RegExp]>([
  [["steps", "--data", "mnist"], /expected data of sound, got mnist/],
  [["steps", "--ahead", "0"], /--ahead: expected whole numbers of 1 or more/],
  [["steps", "--predict", "2"], /experiment steps: has no option --predict/],
  [["negatives", "--host", "chrome"], /runs on dawn alone/],
  [["negatives", "--ahead", "2"], /experiment negatives: has no option --ahead/],
])("refused: %o", async (args, message) => {
  const { code, stderr } = await nearfar(["experiment", ...args, "--out", join(base, "none")]);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

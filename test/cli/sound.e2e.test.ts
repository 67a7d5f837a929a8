import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readNpy } from "../../src/formats/npy.ts";
import { wavBytes } from "../data/wav_bytes.ts";
import { tunes } from "../train/sounds.ts";
import { type Event, nearfar, temporaryFolder } from "./run.ts";

const folder = temporaryFolder();
const clips = join(folder, "clips");
const run = join(folder, "run");

/** A run of seconds on tunes that were written as WAV files, one folder a voice. */
const TRAIN = [
  ...["train", "--objective", "cpc", "--data", "sound", "--data-dir", clips, "--labels", "{voice}/*"],
  ...["--window", "1600", "--level", "rms", "--width", "8", "--units", "8", "--steps", "2", "--batch", "8", "--epochs", "2"],
];

beforeAll(async () => {
  const sound = tunes(8);
  for (const [clip, name] of sound.clipNames.entries()) {
    const path = join(clips, `${name}.wav`);
    mkdirSync(dirname(path), { recursive: true });
    const samples = await sound.read(clip, 0, sound.lengths[clip] ?? 0);
    const values = Array.from(samples, (v) => Math.round(32767 * v) & 0xffff);
    writeFileSync(path, wavBytes({ values }));
  }
});

describe("contrastive prediction on sound", () => {
  test("trains, goes on, is evaluated, and writes features", async () => {
    const args = [...TRAIN, "--negatives", "sequence", "--out", run, "--json"];
    const { code, stderr, events } = await nearfar(args);
    expect([code, stderr]).toEqual([0, ""]);
    expect(events[0]).toMatchObject({ event: "start", objective: "cpc", data: "sound", unit: "clip", images: { train: 21, test: 3 } });
    const done = events.at(-1);
    expect(done).toMatchObject({ event: "done", objective: "cpc", baseline: { plain: "mean log-mel" } });
    expect(done?.measures).toContainEqual({ name: "voice", of: "mean context", value: expect.any(Number), chance: expect.any(Number) });
    expect(events.find(({ event }) => event === "step")).toMatchObject({
      parts: { "accuracy 2": expect.any(Number), bound: expect.any(Number) },
    });
    const report = readFileSync(join(run, "report.html"), "utf8");
    for (const words of [
      "What can be read off it",
      "mean log-mel",
      "21 clips",
      "windows a second",
      "nearfar -- probe",
      "no frame from another",
    ])
      expect(report).toContain(words);
    expect(report).not.toMatch(/raw pixels|nearfar -- retrieve|Nearest neighbours/i);

    const more = await nearfar(["train", "--resume", run, "--epochs", "3"]);
    expect([more.code, more.stderr]).toEqual([0, ""]);
    expect(more.stdout).toMatch(/resumed {4}after step/);
    expect(more.stdout).toMatch(/on 3 held-out clips \(mean log-mel/);
    expect(more.stdout).toMatch(/guessing[\s\S]*mean log-mel[\s\S]*untrained, mean context[\s\S]*last latents/);

    const evaluated = await nearfar(["evaluate", run, "--json"]);
    expect([evaluated.code, evaluated.stderr]).toEqual([0, ""]);
    const [figures] = evaluated.events;
    expect(figures).toMatchObject({ event: "done", unit: "clip", steps: 6 });
    expect(more.stdout).toContain(`kNN ${(100 * Number(figures?.knn)).toFixed(1)} %`);

    const out = join(folder, "clips.npy");
    const known = join(folder, "clips.tsv");
    const kind = ["--features", "last-latents", "--split", "train", "--labels-out", known];
    const embedded = await nearfar(["embed", "--weights", run, ...kind, "--out", out]);
    expect([embedded.code, embedded.stderr]).toEqual([0, ""]);
    expect(readNpy(readFileSync(out), out).shape).toEqual([21, 8]);
    const rows = readFileSync(known, "utf8").trimEnd().split("\n");
    expect([rows.length, rows[0], rows[1]]).toEqual([22, "name\tvoice", "aa_Ann/0.wav\taa_Ann"]);
  });

  test("probe: the figures of the run's own measures, and one question alone", async () => {
    const probed = await nearfar(["probe", run, "--json"]);
    expect([probed.code, probed.stderr]).toEqual([0, ""]);
    const [done] = probed.events;
    expect(done).toMatchObject({ event: "done", unit: "clip", samples: { train: 21, test: 3 }, labels: [{ name: "voice" }] });
    const log = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
    const { measures } = JSON.parse(log.at(-1) ?? "") as { readonly measures: readonly { name: string; of: string; value: number }[] };
    const probes = done?.probes as readonly { readonly label: string; readonly of: string; readonly top1: number }[];
    expect(measures).toHaveLength(4);
    for (const { name, of, value } of measures) expect(probes).toContainEqual(expect.objectContaining({ label: name, of, top1: value }));
    expect(probes).toHaveLength(9); // and mean log-mel, and the untrained encoder

    const one = ["probe", run, "--label", "voice", "--features", "last-context", "--rates", "0.1", "--epochs", "2", "--no-baselines"];
    const { code, stdout } = await nearfar(one);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /21 training and 3 held-out clips[\s\S]*voice: 3 classes, guessing 33\.3 %[\s\S]*\nlast context .* rate 0\.1 {2}8 numbers/,
    );
    const wrong = await nearfar(["probe", run, "--label", "party"]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('--label: expected some of voice, got "party"')]);
  });

  test("trains the same in Chrome", async () => {
    const out = join(folder, "chrome");
    const args = [...TRAIN, "--negatives", "sequence", "--epochs", "1", "--host", "chrome", "--out", out, "--json"];
    const { code, stderr, events } = await nearfar(args);
    expect([code, stderr]).toEqual([0, ""]);
    const losses = (all: readonly Event[]) => all.flatMap((e) => (e.event === "step" ? [e.loss] : []));
    expect(losses(events)).toHaveLength(2);
    const here = await nearfar([...TRAIN, "--negatives", "sequence", "--epochs", "1", "--out", join(folder, "here"), "--json"]);
    losses(events).forEach((loss, i) => {
      expect(loss).toBeCloseTo(Number(losses(here.events)[i]), 4);
    });
  });

  test.each<[string[], RegExp]>([
    [[...TRAIN, "--steps", "10"], /10 steps ahead do not fit sequences of 10 frames/],
    [[...TRAIN, "--negatives", "others", "--batch", "1"], /come from other sequences, and this batch has one/],
    [[...TRAIN, "--negatives", "speaker"], /does not say who speaks: expected labels called "speaker", found voice/],
    [[...TRAIN, "--negatives", "speakr"], /--negatives: expected batch, all/],
    [[...TRAIN, "--short", "refuse"], /clips of .* are shorter than a window of 1600 samples/],
    [[...TRAIN, "--window", "10"], /samples of a window: expected an integer of 160 or more, got 10/],
    [[...TRAIN, "--objective", "instdisc"], /objective instdisc: data sound are sound: expected objective cpc/],
    [[...TRAIN, "--profile", "mine"], /--profile: expected paper/],
  ])("refused: %o", async (args, message) => {
    const { code, stderr } = await nearfar([...args, "--out", join(folder, "none")]);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

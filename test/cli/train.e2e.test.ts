import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseCheckpoint } from "../../src/train/resume.ts";
import { VERSION } from "../../src/version.ts";
import { nearfar, TINY, temporaryFolder } from "./run.ts";

// Whole runs as a user sees them: small, on real digits.

const base = temporaryFolder();
const FILES = ["checkpoint.safetensors", "config.json", "metrics.jsonl", "report.html"];
const flipped = (bytes: Buffer) => Buffer.from(bytes.map((byte, i) => (i === bytes.length - 9 ? byte ^ 1 : byte)));
const checkpoint = (dir: string) => readFileSync(join(dir, "checkpoint.safetensors"));

test("a run in JSON: every line parses, the last one is done, the folder is complete; nothing overwrites it; it can be evaluated", async () => {
  const out = join(base, "plain");
  const { code, events, stderr } = await nearfar([...TINY, "--out", out, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(events[0]).toMatchObject({ event: "start", steps: 4, images: { train: 256, test: 128 } });
  expect(events.filter(({ event }) => event === "step").map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  expect(events.filter(({ event }) => event === "done")).toHaveLength(1);
  const done = events.at(-1);
  expect(done).toMatchObject({
    event: "done",
    objective: "instdisc",
    knn: expect.any(Number),
    baseline: { pixels: expect.any(Number), untrained: expect.any(Number) },
    steps: 4,
    seconds: expect.any(Number),
    adapter: expect.any(String),
    checkpoint: join(out, "checkpoint.safetensors"),
  });
  expect(readdirSync(out).sort()).toEqual(FILES);
  expect(JSON.parse(readFileSync(join(out, "config.json"), "utf8"))).toMatchObject({
    epochs: 1,
    data: { limit: 256 },
    made: { nearfar: VERSION, adapter: done?.adapter, node: process.version, webgpu: expect.any(String) },
  });
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain("<svg");

  const before = checkpoint(out);
  const again = await nearfar([...TINY, "--out", out]);
  expect(again.stderr).toContain(`Continue that run with --resume ${out}`);
  expect(again.code).toBe(2);
  expect(checkpoint(out)).toEqual(before);

  const measured = await nearfar(["evaluate", out, "--data", "mnist", "--json"]);
  expect(measured.code).toBe(0);
  expect(measured.events.at(-1)).toMatchObject({ event: "done", knn: done?.knn, baseline: done?.baseline, steps: 4 });
});

test("a run in words tells where things are and how to go on; its checkpoint, once damaged, is refused and left as it is", async () => {
  const out = join(base, "words");
  const { code, stdout } = await nearfar([...TINY, "--out", out]);
  expect(code).toBe(0);
  const telling = ["256 training images", "epoch 1/1  loss", "raw pixels", join(out, "report.html"), `evaluate ${out}`, `--resume ${out}`];
  for (const words of telling) expect(stdout).toContain(words);
  expect(stdout).not.toContain("\u001b");

  const bytes = checkpoint(out);
  for (const damaged of [bytes.subarray(0, bytes.length - 100), flipped(bytes)]) {
    writeFileSync(join(out, "checkpoint.safetensors"), damaged);
    for (const args of [
      ["train", "--resume", out, "--epochs", "2"],
      ["evaluate", out],
    ]) {
      const refused = await nearfar(args);
      expect(refused.code, args[0]).toBe(1);
      expect(refused.stderr).toMatch(/checkpoint\.safetensors/);
      expect(refused.stderr).not.toMatch(/\n\s+at /);
      expect(checkpoint(out).equals(damaged)).toBe(true);
    }
  }
});

// Long enough to be caught in the middle, with checkpoints in the middle of epochs of 4 steps.
const LONG = [...TINY, "--epochs", "12", "--checkpoint-every", "3", "--evaluate-every", "12", "--json"];

test("Ctrl-C saves and says how to go on; kill -9 loses only what came after the checkpoint; resumed, both end with the same bits", async () => {
  const [whole, stopped, killed] = ["whole", "stopped", "killed"].map((name) => join(base, name)) as [string, string, string];
  let second: ReturnType<typeof nearfar> | undefined;
  const first = await nearfar([...LONG, "--out", whole], (line) => {
    if (line.includes('"event":"start"')) second = nearfar(["train", "--resume", whole]);
  });
  expect(first.code).toBe(0);
  const refused = await second;
  expect(refused?.code, "two processes cannot work on one run").toBe(2);
  expect(refused?.stderr).toContain("is working on this run");

  let stoppedOnce = false;
  const interrupted = await nearfar([...LONG, "--out", stopped], (line, child) => {
    if (line.includes('"event":"checkpoint"') && !stoppedOnce) stoppedOnce = child.kill("SIGINT");
  });
  expect(interrupted.code).toBe(130);
  expect(interrupted.events.at(-1)).toMatchObject({ event: "interrupted", resume: `nearfar train --resume ${stopped}` });

  expect(readFileSync(join(stopped, "report.html"), "utf8"), "a report of what there is so far").toContain("<svg");

  const dead = await nearfar([...LONG, "--out", killed], (line, child) => {
    if (line.includes('"event":"checkpoint"')) child.kill("SIGKILL");
  });
  expect(dead.signal).toBe("SIGKILL");
  expect(existsSync(join(killed, "run.lock")), "the lock of a dead process").toBe(true);

  for (const dir of [stopped, killed]) {
    expect(checkpoint(dir).equals(checkpoint(whole)), "it was in the middle").toBe(false);
    const { code, events, stderr } = await nearfar(["train", "--resume", dir, "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(Number(events[0]?.from)).toBeGreaterThan(0);
    expect(events.at(-1)).toMatchObject({ event: "done", steps: 48 });
    expect(checkpoint(dir).equals(checkpoint(whole)), `${dir}: bit for bit`).toBe(true);
    expect(readdirSync(dir).sort()).toEqual(FILES);
    const steps = readFileSync(join(dir, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
      .filter((e) => e.event === "step");
    expect(
      steps.map(({ step }) => step),
      "every step once",
    ).toEqual(Array.from({ length: 48 }, (_, i) => i));
  }
});

test("a loss that is not finite stops the run at that step, names it, and keeps the last good checkpoint", async () => {
  const out = join(base, "explodes");
  const config = join(base, "explodes.json");
  writeFileSync(config, JSON.stringify({ schedule: { kind: "step", rate: 0.03, milestones: [5], gamma: 1e36 } }));
  const { code, events, stderr } = await nearfar([...LONG, "--config", config, "--out", out]);
  expect(code).toBe(1);
  expect(events.at(-1)).toMatchObject({ event: "error", error: "NonFiniteError", message: expect.stringMatching(/step [67] /) });
  expect(stderr).not.toMatch(/\n\s+at /);
  const kept = parseCheckpoint(checkpoint(out), "kept");
  expect([3, 6], "of step 6 when its weights, though huge, were still finite").toContain(kept.step);
  for (const { data } of kept.tensors.values()) expect(Array.from(data as Float32Array).every(Number.isFinite)).toBe(true);
});

import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nearfar, TINY, temporaryFolder } from "./run.ts";

// The same commands in headless Chrome: `--host chrome`.

const base = temporaryFolder();
const checkpoint = (dir: string) => readFileSync(join(dir, "checkpoint.safetensors"));
const profiles = () => readdirSync(tmpdir()).filter((name) => name.startsWith("nearfar-chrome-"));

test("trains, is stopped, goes on, and ends with the same events and files as under Dawn; nothing is left behind", async () => {
  const before = profiles();
  const options = ["--epochs", "6", "--checkpoint-every", "3", "--evaluate-every", "6", "--host", "chrome", "--json"];
  const whole = join(base, "whole");
  const done = await nearfar([...TINY, ...options, "--out", whole]);
  expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: "" });
  expect(done.events[0]).toMatchObject({ event: "start", images: { train: 256, test: 128 } });
  expect(done.events.filter(({ event }) => event === "step").map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  expect(done.events.at(-1)).toMatchObject({ event: "done", steps: 24, checkpoint: join(whole, "checkpoint.safetensors") });
  expect(readdirSync(whole).sort()).toEqual(["checkpoint.safetensors", "config.json", "metrics.jsonl", "report.html"]);

  const stopped = join(base, "stopped");
  let once = false;
  const interrupted = await nearfar([...TINY, ...options, "--out", stopped], (line, child) => {
    if (line.includes('"event":"checkpoint"') && !once) once = child.kill("SIGINT");
  });
  expect(interrupted.code).toBe(130);
  const resumed = await nearfar(["train", "--resume", stopped, "--host", "chrome", "--json"]);
  expect(resumed.code).toBe(0);
  expect(checkpoint(stopped).equals(checkpoint(whole))).toBe(true);
  expect(profiles()).toEqual(before);
});

test("a page's typed errors keep their meaning: exit code 2 for usage", async () => {
  const { code, stderr } = await nearfar([...TINY, "--temperature", "-1", "--host", "chrome", "--out", join(base, "refused")]);
  expect(stderr).toContain("temperature");
  expect(code).toBe(2);
});

test("verify passes in Chrome", async () => {
  const { code, events } = await nearfar(["verify", "conformance/instdisc-softmax.safetensors", "--host", "chrome", "--json"]);
  expect(code).toBe(0);
  expect(events.at(-1)).toMatchObject({ event: "done", passed: 1, failed: 0 });
});

import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nearfar, TINY, temporaryFolder } from "./run.ts";

// The same commands in headless Chrome: `--host chrome`.

const base = temporaryFolder();
const checkpoint = (dir: string) => readFileSync(join(dir, "checkpoint.safetensors"));
/** Profiles that commands left in the temporary folder. */
const profilesOf = (...pids: (number | undefined)[]) =>
  readdirSync(tmpdir()).filter((name) => pids.some((pid) => name.startsWith(`nearfar-chrome-${pid}-`)));

test("trains, is stopped, goes on, and ends with the same events and files as under Dawn; nothing is left behind", async () => {
  const options = ["--epochs", "6", "--checkpoint-every", "3", "--evaluate-every", "6", "--host", "chrome", "--json"];
  const whole = join(base, "whole");
  const done = await nearfar([...TINY, ...options, "--out", whole]);
  expect({ code: done.code, stderr: done.stderr }).toEqual({ code: 0, stderr: "" });
  expect(done.events[0]).toMatchObject({ event: "start", images: { train: 256, test: 128 } });
  expect(done.events.filter(({ event }) => event === "step").map(({ step }) => step)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  expect(done.events.at(-1)).toMatchObject({ event: "done", steps: 24, checkpoint: join(whole, "checkpoint.safetensors") });
  expect(readdirSync(whole).sort()).toEqual(["checkpoint.safetensors", "config.json", "metrics.jsonl", "report.html"]);

  const dawn = await nearfar([...TINY, ...options, "--host", "dawn", "--out", join(base, "dawn")]);
  expect(dawn.events.map(({ event }) => event)).toEqual(done.events.map(({ event }) => event));
  const losses = [dawn, done].map(({ events }) => events.filter(({ event }) => event === "step").map(({ loss }) => Number(loss)));
  if ([dawn, done].every(({ events }) => /swiftshader/i.test(String(events[0]?.adapter)))) expect(losses[0]).toEqual(losses[1]);
  else expect(losses[0]?.[0]).toBeCloseTo(losses[1]?.[0] ?? Number.NaN, 3);

  const stopped = join(base, "stopped");
  let once = false;
  const interrupted = await nearfar([...TINY, ...options, "--out", stopped], (line, child) => {
    if (line.includes('"event":"checkpoint"') && !once) once = child.kill("SIGINT");
  });
  expect(interrupted.code).toBe(130);
  const resumed = await nearfar(["train", "--resume", stopped, "--host", "chrome", "--json"]);
  expect(resumed.code).toBe(0);
  expect(checkpoint(stopped).equals(checkpoint(whole))).toBe(true);
  expect(profilesOf(done.pid, interrupted.pid, resumed.pid)).toEqual([]);
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

/** Process ids of the Chrome that works for the command with this id: its profile's name holds it. */
function chromeOf(command: number | undefined): number[] {
  const mark = `nearfar-chrome-${command}-`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(mark))
    .map(Number)
    .sort((a, b) => a - b);
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return ""; // Ended while we looked.
  }
}

test("a browser that dies ends the command in words; a command that is killed ends its browser", async () => {
  const endless = [...TINY, "--epochs", "1000", "--evaluate-every", "1000", "--host", "chrome", "--json"];
  const widow = join(base, "widow");
  const { code, events, stderr } = await nearfar([...endless, "--out", widow], (line, child) => {
    const [browser] = line.includes('"event":"checkpoint"') ? chromeOf(child.pid) : [];
    if (browser !== undefined) process.kill(browser, "SIGKILL");
  });
  expect(code).toBe(1);
  expect(stderr).toContain("the browser ended in the middle of the job");
  expect(events.at(-1)).toMatchObject({ event: "error" });
  expect(readdirSync(widow), "the lock is gone, the checkpoint is there").not.toContain("run.lock");
  expect(readdirSync(widow)).toContain("checkpoint.safetensors");

  let command: number | undefined;
  const killed = await nearfar([...endless, "--out", join(base, "killed")], (line, child) => {
    if (!line.includes('"event":"checkpoint"')) return;
    expect(chromeOf(child.pid).length).toBeGreaterThan(0);
    command = child.pid;
    child.kill("SIGKILL");
  });
  expect(killed.signal).toBe("SIGKILL");
  await expect.poll(() => chromeOf(command), { timeout: 20_000 }).toEqual([]);
  expect((await nearfar(["info", "--host", "chrome"])).code).toBe(0);
  expect(profilesOf(command), "the next command clears up").toEqual([]);
});

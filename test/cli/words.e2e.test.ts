import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../src/version.ts";
import { nearfar, nearfarProcess, TINY, temporaryFolder } from "./run.ts";

// What the command line says without training: help, refusals, verify, info.

const base = temporaryFolder();

describe("help", () => {
  test("of the program names every command and the exit codes", async () => {
    const { code, stdout, stderr } = await nearfarProcess(["--help"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of ["train", "evaluate", "verify", "info"]) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, "m"));
    expect(stdout).toContain("Exit codes");
  });

  test("of train shows options in groups with defaults, and examples, on lines that fit", async () => {
    const { code, stdout } = await nearfar(["train", "--help"]);
    expect(code).toBe(0);
    for (const part of ["Objective:", "Encoder:", "--epochs E", "[10]", "--blocks C,C,..", "[16,32,64]", "Examples:", "--json"]) {
      expect(stdout).toContain(part);
    }
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("--version", async () => {
    expect((await nearfar(["--version"])).stdout).toBe(`${VERSION}\n`);
  });
});

test.each([
  [[], "Usage: nearfar COMMAND"],
  [["trian"], 'unknown command "trian"; did you mean train?'],
  [["--host", "train"], "the command comes first"],
  [["train", "--epoch", "3"], "unknown option --epoch; did you mean --epochs?"],
  [["train", "extra"], 'unexpected "extra"'],
  [["train", "--epochs", "0"], "epochs: expected an integer of 1 or more, got 0"],
  [
    ["train", "--data", "minst"],
    'expected one of mnist, cifar10, cifar100, stl10, stl10-unlabeled, images, npy, emoji, nyu, scenes, sound, librispeech, asterisk, text, sotu, spam, got "minst"',
  ],
  [["train", "--data", "./nowhere"], "./nowhere: not a folder"],
  [["train", "--resume", "nowhere"], "nowhere: no such run folder"],
  [["train", "--resume", "test", "--out", "x"], "--out and --resume exclude each other"],
  [["train", "--resume", "test"], "not a run folder"],
  [["train", "--config", "package.json"], "config: unknown option"],
  [["train", "--config", "README"], "cannot be read"],
  [["evaluate"], "usage: nearfar evaluate DIR"],
  [["verify", "nowhere"], "nowhere: no such file or folder"],
  [["verify", "src"], "no reference cases"],
])("%j is a usage error: exit code 2, words and no stack", async (args, words) => {
  const { code, stdout, stderr } = await nearfar(args);
  expect(stderr).toContain(words);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("the process ends with the code, too", async () => {
  const { code, stderr } = await nearfarProcess(["train", "--epoch", "3"]);
  expect(stderr).toContain("did you mean --epochs?");
  expect(code).toBe(2);
});

test.each([
  [["--temperature", "0"], "temperature: expected a number above 0"],
  [["--negatives", "0"], "negatives: expected an integer of 1 or more"],
  [["--batch", "512"], "batch size 512: expected at most 256"],
  [["--limit", "0"], "data.limit: expected an integer of 1 or more"],
  [["--rate", "-1"], "rate: expected a number above 0"],
])("a run that cannot be (%j) is refused before anything is written into its folder", async (options, words) => {
  const out = join(base, `refused${options.join("")}`);
  const { code, stderr } = await nearfar([...TINY, "--out", out, ...options]);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
  if (existsSync(out)) expect(readdirSync(out)).toEqual([]);
});

test("with --json an error is a line, too", async () => {
  const { code, events } = await nearfar(["train", "--json", "--epoch", "3"]);
  expect(code).toBe(2);
  expect(events).toEqual([{ event: "error", error: "UsageError", message: "unknown option --epoch; did you mean --epochs?" }]);
});

describe("verify", () => {
  test("runs the shipped cases: a JSON line each, a count at the end", async () => {
    const { code, events, stderr } = await nearfar(["verify", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const done = events.at(-1);
    const cases = events.slice(0, -1);
    expect(done).toMatchObject({ event: "done", failed: 0 });
    expect(cases.filter(({ passed }) => passed).length).toBe(done?.passed);
    expect(cases.length).toBe(Number(done?.passed) + Number(done?.skipped));
    expect(cases.find((line) => line.case === "instdisc-nce")).toMatchObject({ objective: "instdisc", passed: true });
    for (const line of cases.filter(({ passed }) => !passed)) expect(line.skipped).toMatch(/./);
  });

  test("fails on a wrong expectation and on a damaged file, and still runs the rest", async () => {
    const dir = join(base, "cases");
    mkdirSync(dir);
    const good = "conformance/instdisc-nce.safetensors";
    copyFileSync(good, join(dir, "c-good.safetensors"));
    writeFileSync(join(dir, "a-cut.safetensors"), readFileSync(good).subarray(0, 500));
    const wrong = readFileSync(good);
    wrong.writeFloatLE(123, wrong.length - 8);
    writeFileSync(join(dir, "b-wrong.safetensors"), wrong);
    const { code, events } = await nearfar(["verify", dir, "--json"]);
    expect(code).toBe(1);
    expect(events.map((line) => line.case ?? line.event)).toEqual(["a-cut", "b-wrong", "c-good", "done"]);
    expect(events.map(({ passed }) => passed)).toEqual([false, false, true, 1]);
    expect(events[0]?.error).toMatch(/a-cut/);
    expect(events.at(-1)).toMatchObject({ failed: 2, skipped: 0 });
  });
});

test("info measures the adapter", async () => {
  const { code, events } = await nearfar(["info", "--json"]);
  expect(code).toBe(0);
  expect(events).toHaveLength(1);
  const [info] = events;
  expect(info).toMatchObject({ event: "info", adapter: expect.stringMatching(/./) });
  expect(Number(info?.fma)).toBeGreaterThan(1e6);
  expect(Number(info?.copy)).toBeGreaterThan(1e6);
  expect(Object.keys(info?.limits as object)).toContain("maxBufferSize");
});

import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { temporaryFolder } from "../cli/run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const base = temporaryFolder();
const TINY = "--only matmul-nn --sizes small --variants ours --seconds 0 --adapter software".split(" ");

interface Ended {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bench as `npm run bench` does. */
function bench(args: readonly string[], onText: (text: string, child: ChildProcess) => void = () => {}): Promise<Ended> {
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "bench/main.ts"), ...args], { cwd: ROOT });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    onText(stdout, child);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ pid: child.pid, code, stdout, stderr })));
}

const profilesOf = (pid: number | undefined) => readdirSync(tmpdir()).filter((name) => name.startsWith(`nearfar-chrome-${pid}-`));

test.each([["chrome"], ["node"]])("one case on %s: a checked row, JSON and report, and nothing left behind", async (host) => {
  const json = join(base, `${host}.json`);
  const { pid, code, stdout, stderr } = await bench([...TINY, "--host", host, "--json", json]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/A software adapter/);
  expect(stdout).toMatch(/^ {2}ours +\d/m);
  const file = JSON.parse(readFileSync(json, "utf8"));
  expect(file.adapter).toMatch(/swiftshader.*software/i);
  expect(file.browser).toMatch(host === "chrome" ? /Chrome\// : /Dawn/);
  const [fma, copy, row, ...more] = file.results;
  expect(more).toEqual([]);
  expect([fma.case, copy.case]).toEqual(["peak-fma", "peak-copy"]);
  expect(row).toMatchObject({ case: "matmul-nn", size: { M: 64, N: 64, K: 64 }, variant: "ours", form: "best", launches: 1, error: null });
  for (const figure of [fma.gflops, copy.gbps, row.median_ms, row.p90_ms, row.gpu_ms, row.gflops, row.bytes])
    expect(figure).toBeGreaterThan(0);
  expect(readFileSync(json.replace(".json", ".html"), "utf8")).toContain("software adapter");
  expect(profilesOf(pid)).toEqual([]);
});

test("Ctrl-C leaves valid JSON with what was measured, and no browser", async () => {
  const json = join(base, "stopped.json");
  let once = false;
  const args = [...TINY, "--only", "matmul-*", "--sizes", "small,ragged", "--json", json];
  const { pid, code } = await bench(args, (stdout, child) => {
    if (/^ {2}ours +\d/m.test(stdout) && !once) once = child.kill("SIGINT");
  });
  expect(code).toBe(130);
  const { results } = JSON.parse(readFileSync(json, "utf8"));
  expect(results.length).toBeGreaterThanOrEqual(3);
  expect(results.length).toBeLessThan(8);
  expect(profilesOf(pid)).toEqual([]);
});

test("a mistake in the options is told in words", async () => {
  const { code, stderr } = await bench(["--sizes", "huge"]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^bench: --sizes: expected issue, small/);
});

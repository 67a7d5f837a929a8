import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GpuUnavailableError } from "../../src/errors.ts";
import { chromeLaunch, chromePath } from "../../src/host/browser.ts";
import { softwareDriver } from "../../src/host/software.ts";

// What a stranger's machine does: an empty cache, several processes at once, processes that end in every way.

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HOST = join(ROOT, "src/host/node.ts");
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "nearfar-test-"));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Runs a few lines in a Node of their own, `openNodeGpu` at hand. */
async function node(code: string, env: { [name: string]: string } = {}): Promise<{ code: number | null; out: string; err: string }> {
  const file = join(scratch, `${Math.random().toString(36).slice(2)}.mts`);
  await writeFile(file, `import { openNodeGpu } from ${JSON.stringify(HOST)};\n${code}`);
  const child = spawn(process.execPath, ["--import", "tsx", file], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (data) => (out += data));
  child.stderr.on("data", (data) => (err += data));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

describe("a process that uses Dawn", () => {
  const open = "const gpu = await openNodeGpu();";

  test.each([
    ["closes the device", `${open} gpu.close();`, 0],
    ["forgets to close it", `${open} console.log(gpu.name);`, 0],
    ["has work in flight", `${open} void gpu.device.queue.onSubmittedWorkDone(); gpu.close();`, 0],
    ["calls process.exit", `${open} process.exit(3);`, 3],
    ["throws", `${open} throw new Error("on purpose");`, 1],
  ])("ends as it means to when it %s", async (_, code, expected) => {
    expect(await node(code)).toMatchObject({ code: expected });
  });

  test("leaves the environment of its child processes as it was", async () => {
    const { out } = await node(`${open} console.log(process.env.VK_ICD_FILENAMES, process.env.VK_DRIVER_FILES); gpu.close();`);
    expect(out.trim()).toBe(`${process.env.VK_ICD_FILENAMES} ${process.env.VK_DRIVER_FILES}`);
  });

  test("uses the driver that VK_ICD_FILENAMES names, and says so when that one does not work", async () => {
    const { manifest } = await softwareDriver();
    const good = await node(`${open} console.log(gpu.name); gpu.close();`, { VK_ICD_FILENAMES: manifest, VK_DRIVER_FILES: manifest });
    expect(good.out).toMatch(/SwiftShader.*software/);
    const bad = await node(open, { VK_ICD_FILENAMES: "/nowhere.json", VK_DRIVER_FILES: "/nowhere.json" });
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining("GpuUnavailableError") });
  });
});

describe("the software driver", () => {
  test("is unpacked once when two processes race for an empty cache", async () => {
    const cache = join(scratch, "cache");
    const code = "const gpu = await openNodeGpu({ software: true }); console.log(gpu.name); gpu.close();";
    const both = await Promise.all([node(code, { NEARFAR_CACHE: cache }), node(code, { NEARFAR_CACHE: cache })]);
    for (const result of both) expect(result).toMatchObject({ code: 0, out: expect.stringMatching(/SwiftShader/) });
    expect(await readdir(join(cache, "nearfar"))).toEqual([expect.stringMatching(/^swiftshader-\d/)]);
  });

  test("goes to the temporary folder when the cache cannot be written", async () => {
    const file = join(scratch, "a-file-not-a-folder");
    await writeFile(file, "");
    const code = "const gpu = await openNodeGpu({ software: true }); console.log(gpu.name); gpu.close();";
    expect(await node(code, { NEARFAR_CACHE: file, TMPDIR: scratch })).toMatchObject({
      code: 0,
      out: expect.stringMatching(/SwiftShader/),
    });
    expect(existsSync(join(scratch, "nearfar"))).toBe(true);
  });
});

describe("chromePath", () => {
  test("gives a browser that exists, and flags that open WebGPU on it", async () => {
    expect(existsSync(await chromePath())).toBe(true);
    expect((await chromeLaunch({ software: true })).args).toEqual(
      expect.arrayContaining(["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]),
    );
  });

  test("refuses a CHROME_PATH that is not there", async () => {
    const before = process.env.CHROME_PATH;
    process.env.CHROME_PATH = "/nowhere/chrome";
    await expect(chromePath()).rejects.toThrow(GpuUnavailableError);
    if (before === undefined) delete process.env.CHROME_PATH;
    else process.env.CHROME_PATH = before;
  });
});

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Gpu } from "../../src/gpu/device.ts";
import { clearTunings, keepTuning, keptTunings } from "../../src/host/tuning_cache.ts";
import { choicesFor, tuningName, tuningOf } from "../../src/tuning/record.ts";

const adapter = {
  ...{ vendor: "acme", architecture: "roadrunner 2", device: "0x12", description: "Fast One, driver 1.2", software: false },
  ...{ subgroupMinSize: 32, subgroupMaxSize: 32 },
};
const gpu = { adapter } as unknown as Gpu;
const choices = { "matmul/nn large": "shared" };

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "nearfar-tuning-"));
  vi.stubEnv("NEARFAR_CACHE", dir);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

const found = async (on = "webgpu 1", device = gpu, where: "dawn" | "chrome" = "dawn") =>
  choicesFor(await keptTunings(), device, where, on);

test("what was measured is found again by the same adapter and host", async () => {
  expect(await found()).toMatchObject({ choices: {}, origin: expect.stringContaining("not measured") });
  const path = await keepTuning(tuningOf(gpu, "webgpu 1", choices), "dawn");
  expect(path).toBe(join(dir, "nearfar", "tuning-dawn-acme-roadrunner-2-0x12.json"));
  expect(await readdir(join(dir, "nearfar"))).toHaveLength(1); // nothing half written beside it
  expect(await found()).toEqual({ choices, origin: expect.stringMatching(/^measured \d{4}-\d\d-\d\d$/) });
  expect((await found("webgpu 1", gpu, "chrome")).choices).toEqual({});
});

test("another driver, another host or another nearfar: ignored, and the reason said", async () => {
  const tuning = tuningOf(gpu, "webgpu 1", choices);
  await keepTuning(tuning, "dawn");
  expect(await found("webgpu 2")).toEqual({ choices: {}, origin: expect.stringContaining("host was webgpu 1, is webgpu 2") });
  const updated = { adapter: { ...adapter, description: "Fast One, driver 1.3" } } as unknown as Gpu;
  expect(await found("webgpu 1", updated)).toEqual({
    choices: {},
    origin: expect.stringMatching(/out of date: adapter was .*1\.2.* is .*1\.3/),
  });
  await keepTuning({ ...tuning, version: "0.0.1" }, "dawn");
  expect((await found()).origin).toMatch(/nearfar was 0\.0\.1, is /);
});

test.each([
  ["", "cannot be read"],
  ["{", "cannot be read"],
  ["null", "expected format"],
  ['{"format":"nearfar-tuning-1"}', "expected choices"],
  ['{"format":"nearfar-tuning-1","choices":{"a/b":3}}', "expected choices"],
])("a damaged file is ignored, and the reason said: %s", async (text, reason) => {
  await keepTuning(tuningOf(gpu, "webgpu 1", choices), "dawn");
  await writeFile(join(dir, "nearfar", tuningName(adapter, "dawn")), text);
  expect(await found()).toEqual({ choices: {}, origin: expect.stringContaining(reason) });
});

test("all is forgotten at once", async () => {
  const path = await keepTuning(tuningOf(gpu, "webgpu 1", choices), "dawn");
  await writeFile(join(dir, "nearfar", "other.json"), "{}");
  expect(await clearTunings()).toEqual([path]);
  expect(await readdir(join(dir, "nearfar"))).toEqual(["other.json"]);
  expect(await clearTunings()).toEqual([]);
});

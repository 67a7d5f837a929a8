import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cachedImages } from "../../src/host/cache.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "nearfar-cache-"));
  vi.stubEnv("NEARFAR_CACHE", dir);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** Counts how often it is asked. */
function maker(value: number, length = 12) {
  return vi.fn(async () => new Uint8Array(length).fill(value));
}
const files = () => readdir(join(dir, "nearfar"));
const kept = async () => join(dir, "nearfar", (await files())[0] ?? "");

describe("cachedImages", () => {
  test("makes once what is asked for twice", async () => {
    const make = maker(7);
    const first = await cachedImages("x", "key", [4, 3], make);
    expect([...(await cachedImages("x", "key", [4, 3], make))]).toEqual([...first]);
    expect([...first]).toEqual(new Array(12).fill(7));
    expect(make).toHaveBeenCalledTimes(1);
    expect(await files()).toEqual([expect.stringMatching(/^x-[0-9a-f]{16}\.safetensors$/)]);
  });

  test("another key is another file", async () => {
    await cachedImages("x", "version 1", [12], maker(1));
    expect((await cachedImages("x", "version 2", [12], maker(2)))[0]).toBe(2);
    expect((await cachedImages("x", "version 1", [12], maker(3)))[0]).toBe(1);
    expect(await files()).toHaveLength(2);
  });

  test.each<[string, (bytes: Buffer) => Uint8Array]>([
    ["one wrong byte", (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(9)])],
    ["a file cut short", (bytes) => bytes.subarray(0, 40)],
    ["an empty file", () => new Uint8Array()],
  ])("%s: made again, and whole from then on", async (_, damage) => {
    await cachedImages("x", "key", [12], maker(5));
    await writeFile(await kept(), damage(await readFile(await kept())));
    const again = maker(5);
    expect([...(await cachedImages("x", "key", [12], again))]).toEqual(new Array(12).fill(5));
    expect([...(await cachedImages("x", "key", [12], again))]).toEqual(new Array(12).fill(5));
    expect(again).toHaveBeenCalledTimes(1);
  });

  test("a sound file that holds another key or shape is not believed", async () => {
    await cachedImages("x", "key", [12], maker(5));
    const path = await kept();
    await cachedImages("y", "other", [12], maker(6));
    const other = (await files()).find((name) => name.startsWith("y-")) ?? "";
    await writeFile(path, await readFile(join(dir, "nearfar", other)));
    expect((await cachedImages("x", "key", [12], maker(5)))[0]).toBe(5);
    expect((await cachedImages("x", "key", [3, 4], maker(8)))[0]).toBe(8);
  });

  test("several at once agree, and leave nothing half-made", async () => {
    const all = await Promise.all([1, 2, 3, 4].map(() => cachedImages("x", "key", [12], maker(4))));
    for (const images of all) expect([...images]).toEqual(new Array(12).fill(4));
    expect(await files()).toHaveLength(1);
    const never = maker(0);
    expect((await cachedImages("x", "key", [12], never))[0]).toBe(4);
    expect(never).not.toHaveBeenCalled();
  });

  test("what cannot be made leaves nothing", async () => {
    const broken = () => Promise.reject(new Error("no"));
    await expect(cachedImages("x", "key", [12], broken)).rejects.toThrow("no");
    expect(await files()).toEqual([]);
  });
});

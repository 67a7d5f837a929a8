import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { openRunFolder } from "../../src/host/run_folder.ts";
import { LOCK_NAME, lockFolder } from "../../src/host/run_lock.ts";

let base = "";
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "nearfar-folder-"));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

test("reads what was written, replaces it whole, appends, and leaves nothing else behind", async () => {
  const folder = await openRunFolder(join(base, "a/b"), "new");
  expect(await folder.read("x")).toBeUndefined();
  await folder.write("x", "long text");
  await folder.write("x", new TextEncoder().encode("short"));
  await folder.append("log", "1\n");
  await folder.append("log", "2\n");
  expect(text(await folder.read("x"))).toBe("short");
  expect(text(await folder.read("log"))).toBe("1\n2\n");
  await folder.close();
  expect(readdirSync(folder.dir).sort()).toEqual(["log", "x"]);
});

test("a write that fails keeps the old file and leaves no temporary one", async () => {
  const folder = await openRunFolder(base, "new");
  await folder.write("x", "old");
  mkdirSync(join(base, "y"));
  await expect(folder.write("y", "a folder is in the way")).rejects.toThrow();
  expect(text(await folder.read("x"))).toBe("old");
  await folder.close();
  expect(readdirSync(base).sort()).toEqual(["x", "y"]);
});

test("what a killed process left half written is cleared away, and does not make a folder non-empty", async () => {
  writeFileSync(join(base, ".checkpoint.safetensors.123.0.tmp"), "half");
  writeFileSync(join(base, ".run.lock.123.new.tmp"), "half");
  const folder = await openRunFolder(base, "new");
  expect(readdirSync(base)).toEqual([LOCK_NAME]);
  await folder.close();
});

test("nothing is overwritten: a new run wants an empty folder, a resumed one an existing folder", async () => {
  writeFileSync(join(base, "thesis.txt"), "");
  await expect(openRunFolder(base, "new")).rejects.toThrow(/not empty \(thesis.txt\).*--resume/);
  await expect(openRunFolder(join(base, "none"), "existing")).rejects.toThrow(/no such run folder/);
  await expect(openRunFolder(join(base, "thesis.txt"), "new")).rejects.toThrow(UsageError);
  expect(readdirSync(base), "a refusal leaves no lock").toEqual(["thesis.txt"]);
});

test("a folder made for a run that wrote nothing is not left behind; one that was there before stays", async () => {
  const made = await openRunFolder(join(base, "made"), "new");
  await made.close();
  mkdirSync(join(base, "given"));
  const given = await openRunFolder(join(base, "given"), "new");
  await given.close();
  expect(readdirSync(base)).toEqual(["given"]);
});

test("file names do not leave the folder", async () => {
  const folder = await openRunFolder(base, "new");
  for (const name of ["../x", "a/b", "", "..", ".hidden", "a\\b"]) await expect(folder.write(name, ""), name).rejects.toThrow(UsageError);
  await expect(folder.read("../../etc/passwd")).rejects.toThrow(UsageError);
  await folder.close();
});

test("a folder is held by one at a time", async () => {
  const folder = await openRunFolder(base, "new");
  await expect(openRunFolder(base, "existing")).rejects.toThrow(new RegExp(`process ${process.pid} is working on this run`));
  const reader = await openRunFolder(base, "reading");
  expect(await reader.read("x"), "who only reads may look on").toBeUndefined();
  await reader.close();
  await folder.close();
  await folder.close();
  await (await openRunFolder(base, "existing")).close();
});

test.each([
  ["a process that is gone", () => JSON.stringify({ pid: 2 ** 22 + 1, host: hostname(), started: "1" })],
  ["an earlier process with a number that lives again", () => JSON.stringify({ pid: process.pid, host: hostname(), started: "never" })],
  ["nobody: cut off", () => '{"pid":'],
])("the lock of %s is taken over", (_, lock) => {
  writeFileSync(join(base, LOCK_NAME), lock());
  const unlock = lockFolder(base);
  expect(JSON.parse(readFileSync(join(base, LOCK_NAME), "utf8")).pid).toBe(process.pid);
  unlock();
  expect(readdirSync(base)).toEqual([]);
});

test("the lock of another machine is respected", () => {
  writeFileSync(join(base, LOCK_NAME), JSON.stringify({ pid: 1, host: "elsewhere", started: "1" }));
  expect(() => lockFolder(base)).toThrow(/process 1 on elsewhere is working on this run/);
});

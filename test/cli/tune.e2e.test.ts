import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { nearfar } from "./run.ts";

const dir = mkdtempSync(join(tmpdir(), "nearfar-tune-"));
beforeAll(() => void vi.stubEnv("NEARFAR_CACHE", dir));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

test("tune measures and remembers, info says so, and --clear forgets", async () => {
  const tuned = await nearfar(["tune", "--json"]);
  expect(tuned.code, tuned.stderr).toBe(0);
  const rows = tuned.events.filter(({ event }) => event === "tune");
  expect(rows.length).toBeGreaterThan(3);
  for (const { winner, candidates } of rows) expect((candidates as { variant: string }[])[0]?.variant).toBe(winner);
  const done = tuned.events.at(-1);
  expect(done).toMatchObject({ event: "done", file: expect.stringContaining(dir) });
  expect(Object.keys((done?.tuning as { choices: object } | undefined)?.choices ?? {})).toHaveLength(rows.length);

  const [info] = (await nearfar(["info", "--json"])).events;
  expect(info?.variants).toMatch(/^measured /);
  const cleared = await nearfar(["tune", "--clear", "--json"]);
  expect(cleared.events).toEqual([{ event: "cleared", files: [done?.file] }]);
  const [after] = (await nearfar(["info", "--json"])).events;
  expect(after?.variants).toMatch(/not measured/);
});

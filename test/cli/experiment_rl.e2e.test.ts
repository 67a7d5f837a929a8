import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nearfar, temporaryFolder } from "./run.ts";

const out = join(temporaryFolder(), "rl");
const RL = ["experiment", "rl", "--worlds", "recall", "--seeds", "1", "--updates", "4", "--out", out];
const results = () => JSON.parse(readFileSync(join(out, "rl.json"), "utf8"));

test("nearfar experiment rl: Ctrl-C saves, the same command goes on, the page has both curves; other options are refused", async () => {
  let once = false; // a second signal quits at once, saved or not
  const first = await nearfar([...RL, "--json"], (line, child) => {
    if (JSON.parse(line).event === "curve" && !once) once = child.kill("SIGINT"); // both are under way
  });
  expect(first.code).toBe(130);
  const states = () => results().runs.map((run: { condition: string; finished: boolean }) => [run.condition, run.finished]);
  expect(states()).toContainEqual(["cpc", false]);

  const second = await nearfar(RL);
  expect({ code: second.code, stderr: second.stderr }).toEqual({ code: 0, stderr: "" });
  expect(second.stdout).toMatch(/A2C \+ CPC +1 +2,048/);
  const { runs, table, adapter } = results();
  const third = await nearfar([...RL, "--json"]);
  expect([third.code, third.events.map(({ event }) => event)]).toEqual([0, ["done"]]); // nothing is run again
  expect(results().runs).toEqual(runs);
  expect(runs.map((run: { finished: boolean; curve: unknown[] }) => [run.finished, run.curve.length])).toEqual([
    [true, 4],
    [true, 4],
  ]);
  expect(table.map((row: { condition: string }) => row.condition)).toEqual(["plain", "cpc"]);
  expect(table[1].bound.each).toHaveLength(1);
  expect(adapter).toMatch(/\S/);
  expect(readFileSync(join(out, "rl.html"), "utf8")).toContain("A2C + CPC");

  const other = await nearfar([...RL, "--updates", "5"]);
  expect([other.code, other.stderr]).toEqual([2, expect.stringMatching(/holds a finished run \(recall, A2C, seed 1\).*--out/s)]);
  expect(results().runs).toEqual(runs);
  writeFileSync(join(out, "rl.json"), "{");
  expect((await nearfar(RL)).stderr).toMatch(/rl\.json: not JSON/);
});

test("names and options that do not exist are answered in words", async () => {
  const wrong = async (...args: string[]) => (await nearfar(["experiment", ...args])).stderr;
  expect(await wrong("lr")).toMatch(/unknown experiment "lr"; did you mean rl\?/);
  expect(await wrong("rl", "--worlds", "recall,maze")).toMatch(/--worlds: expected some of recall, keys, got "maze"/);
  expect(await wrong("rl", "--seeds", "0")).toMatch(/--seeds: expected 1 or more/);
  expect(await wrong("rl", "--cpc-steps", "99", "--out", `${out}-2`)).toMatch(/99 steps ahead do not fit sequences of 17 frames/);
});

import { expect, test } from "vitest";
import { renderStudy } from "../../src/experiments/rl_report.ts";
import { type Condition, spreadOf, studyTable, type TrialResult, trialsOf } from "../../src/experiments/rl_study.ts";
import { agentConfig } from "../../src/rl/config.ts";

/** A run of ten points of 100 frames: `episodes[i]` episodes of return `rewards[i]`. */
function run(condition: Condition, seed: number, rewards: readonly (number | null)[], finished = true): TrialResult {
  const [config] = trialsOf({ worlds: ["recall"], seeds: 1 }).filter((trial) => trial.condition === condition);
  const curve = rewards.map((reward, i) => ({
    event: "curve" as const,
    ...{ update: i + 1, frames: 100 * (i + 1), reward, length: reward === null ? null : 10 - i, episodes: reward === null ? 0 : i + 1 },
    figures: { loss: 0, entropy: 1, ...(condition === "cpc" && { cpc: 2, bound: 0.5 }) },
  }));
  return { condition, config: { ...config!.config, seed }, curve, finished, seconds: 1 };
}

test("seed by seed, both conditions have the same settings and differ in the auxiliary loss alone", () => {
  const trials = trialsOf({ worlds: ["recall", "keys"], seeds: 2, settings: { updates: 7 }, auxiliary: { steps: 3 } });
  expect(trials.map(({ condition, config }) => [config.seed, config.world, condition].join())).toEqual(
    [1, 2].flatMap((seed) => ["recall", "keys"].flatMap((world) => ["plain", "cpc"].map((condition) => [seed, world, condition].join()))),
  );
  for (const [i, { config }] of trials.entries()) {
    expect(config).toEqual(agentConfig(config));
    if (i % 2 === 1) expect({ ...config, auxiliary: null }).toEqual(trials[i - 1]?.config);
  }
  expect(trials[1]?.config).toMatchObject({ updates: 7, auxiliary: { profile: "rlpyt", steps: 3 } });
});

test("the table means over episodes, then over seeds; the last fifth is the last fifth; unfinished runs are left out", () => {
  const rising = [null, 0, 0, 0, 0, 0, 0, 0, 0.4, 1];
  const rows = studyTable([
    run("plain", 1, rising),
    run(
      "plain",
      2,
      rising.map((r) => r && r / 2),
    ),
    run("cpc", 1, rising, false),
  ]);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  const own = (9 * 0.4 + 10 * 1) / 19;
  expect(row).toMatchObject({ world: "recall", condition: "plain", seeds: 2, frames: 1000, best: 1, forgetful: 0.5, bound: null });
  expect(row?.end.each).toEqual([own, own / 2].map((v) => expect.closeTo(v, 12)));
  expect(row?.end.mean).toBeCloseTo(0.75 * own, 12);
  expect(row?.whole.each[0]).toBeCloseTo((9 * 0.4 + 10) / 54, 12);
  expect(row?.length.mean).toBeCloseTo((9 * 2 + 10 * 1) / 19, 12);
  expect(spreadOf([1, 3])).toEqual({ mean: 2, deviation: Math.SQRT2, each: [1, 3] });
  expect(spreadOf([2]).deviation).toBe(0);
});

test("the page draws a line a seed and one a mean, says what is missing, and is complete in itself", () => {
  const rewards = [0.1, 0.2, 0.5, 0.6, 0.9];
  const page = renderStudy(
    [run("plain", 1, rewards), run("plain", 2, rewards), run("cpc", 1, rewards), run("cpc", 2, [0.3], false)],
    "A <b>",
  );
  const lines = (look: string) => page.match(new RegExp(`<path class="line ${look}"`, "g"))?.length;
  expect([lines("other-faint"), lines("other"), lines("faint"), lines("main")]).toEqual([2, 1, 2, 1]);
  expect(page).toContain("no memory 0.5");
  expect(page).toContain("A &lt;b&gt;");
  expect(page).toMatch(/Not finished:<\/b> 1 of 4 runs/);
  expect(page).not.toMatch(/https?:|<script/);
});

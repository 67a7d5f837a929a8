import { describe, expect, test } from "vitest";
import { type ScheduleConfig, schedule } from "../../src/optim/schedule.ts";

describe("schedule", () => {
  test("constant", () => expect([0, 1, 1e6].map(schedule({ kind: "constant", rate: 0.03 }))).toEqual([0.03, 0.03, 0.03]));

  test("step: the rate falls at each milestone", () => {
    const rate = schedule({ kind: "step", rate: 1, milestones: [10, 20], gamma: 0.1 });
    [0, 9, 10, 19, 20, 99].forEach((step, i) => {
      expect(rate(step)).toBeCloseTo([1, 1, 0.1, 0.1, 0.01, 0.01][i]!, 12);
    });
  });

  test("step, with factors of its own: times the first rate", () => {
    const rate = schedule({ kind: "step", rate: 2, milestones: [10, 20, 30], factors: [0.1, 0.05, 0.01] });
    expect([0, 9, 10, 20, 29, 30, 99].map(rate)).toEqual([2, 2, 0.2, 0.1, 0.1, 0.02, 0.02]);
  });

  test("milestones and warm-up in epochs", () => {
    const config = { kind: "step", unit: "epochs", rate: 1, milestones: [2, 3], gamma: 0.5, warmup: 1 } as const;
    expect([0, 1, 3, 4, 7, 8, 11, 12].map(schedule(config, 4))).toEqual([0.25, 0.5, 1, 1, 1, 0.5, 0.5, 0.25]);
    expect(() => schedule(config)).toThrow("how many steps an epoch has");
  });

  test("cosine: from the rate over the middle to the end, and no further", () => {
    const rate = schedule({ kind: "cosine", rate: 1, steps: 100, final: 0.2 });
    expect([rate(0), rate(50), rate(100), rate(500)].map((r) => Number(r.toFixed(9)))).toEqual([1, 0.6, 0.2, 0.2]);
  });

  test("warm-up: linear, never 0, then the schedule", () => {
    const rate = schedule({ kind: "constant", rate: 1, warmup: 4 });
    expect([0, 1, 2, 3, 4].map(rate)).toEqual([0.25, 0.5, 0.75, 1, 1]);
  });

  test.each([
    [{ kind: "constant", rate: 0 }, "rate"],
    [{ kind: "constant", rate: Number.POSITIVE_INFINITY }, "rate"],
    [{ kind: "constant", rate: 1, warmup: -1 }, "warmup"],
    [{ kind: "constant", rate: 1, gamma: 0.1 }, 'unknown option "gamma"'],
    [{ kind: "linear", rate: 1 }, "kind"],
    [{ kind: "toString", rate: 1 }, "kind"],
    [{ kind: "step", rate: 1, milestones: [0.5], gamma: 0.1 }, "milestones"],
    [{ kind: "step", rate: 1, gamma: 0.1 }, "milestones"],
    [{ kind: "step", rate: 1, milestones: [5], gamma: 0.1, factors: [0.1] }, "exclude each other"],
    [{ kind: "step", rate: 1, milestones: [5], factors: [0.1, 0.2] }, "factors: expected a list of 1"],
    [{ kind: "step", rate: 1, milestones: [5], factors: [0] }, "factors"],
    [{ kind: "step", rate: 1, milestones: [5, 5], factors: [0.1, 0.2] }, "they must rise"],
    [{ kind: "step", rate: 1, milestones: [5] }, "gamma"],
    [{ kind: "constant", rate: 1, unit: "hours" }, "unit"],
    [{ kind: "cosine", rate: 1, steps: 0 }, "steps"],
  ])("refuses %j", (config, message) => expect(() => schedule(config as ScheduleConfig)).toThrow(message));
});

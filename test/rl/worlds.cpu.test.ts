import { describe, expect, test } from "vitest";
import { ShapeError, UsageError } from "../../src/errors.ts";
import { Purpose, randomBelow, randomStream } from "../../src/random.ts";
import { agentConfig, checkEpisodes, WORLDS } from "../../src/rl/config.ts";
import { keysWorld } from "../../src/rl/keys.ts";
import { recallWorld } from "../../src/rl/recall.ts";
import { ACTIONS, observationSize, observe, type Place, VIEW, type World } from "../../src/rl/world.ts";
import { Worlds } from "../../src/rl/worlds.ts";

const [UP, RIGHT, DOWN, LEFT] = [0, 1, 2, 3];

/** Kinds of the window's cells, row by row; -1 for the floor. */
function seen<S extends Place>(world: World<S>, state: S): number[] {
  const K = world.kinds.length;
  const numbers = new Float32Array(observationSize(world));
  observe(world, state, numbers, 0);
  return Array.from({ length: VIEW * VIEW }, (_, cell) => {
    const own = numbers.subarray(cell * K, (cell + 1) * K);
    expect(own.reduce((sum, v) => sum + v, 0)).toBeLessThanOrEqual(1);
    return own.indexOf(1);
  });
}

/** Plays one policy for some steps: mean reward of the episodes that end. */
function mean<S extends Place>(world: World<S>, policy: (state: S, t: number) => number, episodes: number): number {
  let total = 0;
  for (let e = 0; e < episodes; e++) {
    let calls = 0;
    let state = world.begin((n) => randomBelow(n, randomStream(3, Purpose.synthetic), 0, e, calls++));
    for (let t = 0; t < world.limit; t++) {
      const { state: next, reward, ended } = world.act(state, policy(state, t));
      total += reward;
      state = next;
      if (ended) break;
    }
  }
  return total / episodes;
}

describe("recall", () => {
  const world = recallWorld(6);

  test("who goes where the cue said gets 1; who does not look, a half; the wrong arm pays nothing", () => {
    const right = ({ column, arm }: { column: number; arm: number }) => (column < 6 ? RIGHT : arm === 0 ? UP : DOWN);
    expect(mean(world, right, 50)).toBe(world.best);
    expect(mean(world, ({ column, arm }) => (column < 6 ? RIGHT : arm === 0 ? DOWN : UP), 50)).toBe(0);
    expect(Math.abs(mean(world, ({ column }) => (column < 6 ? RIGHT : UP), 400) - (world.forgetful ?? 0))).toBeLessThan(0.1);
  });

  test("the cue is in sight in the first three cells and never after: at the fork both arms look alike", () => {
    for (let column = 0; column <= 6; column++) {
      const [above, below] = [0, 1].map((arm) => seen(world, { row: 0, column, arm }));
      if (column <= 2) expect(above).not.toEqual(below);
      else expect(above).toEqual(below);
    }
    expect(seen(world, { row: 0, column: 6, arm: 1 }).filter((kind) => world.kinds[kind] === "end")).toHaveLength(2);
  });

  test("walls stop; a short corridor is refused", () => {
    const { state, reward, ended } = world.act({ row: 0, column: 0, arm: 0 }, UP);
    expect({ state, reward, ended }).toEqual({ state: { row: 0, column: 0, arm: 0 }, reward: 0, ended: false });
    expect(world.act({ row: 0, column: 0, arm: 0 }, LEFT).state.column).toBe(0);
    expect(() => recallWorld(2)).toThrow(UsageError);
  });
});

describe("keys", () => {
  const world = keysWorld(5);
  const begin = (e: number) => {
    let calls = 0;
    return world.begin((n) => randomBelow(n, randomStream(9, Purpose.synthetic), 1, e, calls++));
  };

  test("the key, the door, the goal: 0.25 and 0.75, and the door is a wall before", () => {
    const start = { row: 2, column: 3, key: { row: 2, column: 4 }, door: { row: 2, column: 5 }, goal: { row: 2, column: 7 } };
    const took = world.act(start, RIGHT);
    expect(took).toMatchObject({ reward: 0.25, ended: false, state: { column: 4, key: null } });
    expect(world.act({ ...start, row: 1, column: 4, door: { row: 1, column: 5 } }, RIGHT)).toMatchObject({
      reward: 0,
      state: { column: 4 },
    });
    const through = world.act(world.act(took.state, RIGHT).state, RIGHT);
    expect(through.state.column).toBe(6);
    expect(world.act(through.state, RIGHT)).toMatchObject({ reward: 0.75, ended: true });
  });

  test("things lie where they can be reached, never on the agent, and differ from episode to episode", () => {
    const starts = Array.from({ length: 200 }, (_, e) => begin(e));
    for (const { row, column, key, door, goal } of starts) {
      expect([row, column, key?.row, key?.column].every((v) => v !== undefined && v >= 0 && v < 5)).toBe(true);
      expect([row, column]).not.toEqual([key?.row, key?.column]);
      expect([door.column, goal.column > 5 && goal.column <= 8]).toEqual([5, true]);
    }
    expect(new Set(starts.map((s) => JSON.stringify(s))).size).toBeGreaterThan(190);
  });

  test("the window shows the key only from near", () => {
    const state = { ...begin(0), row: 0, column: 0 };
    const sees = (key: Place) => seen(world, { ...state, key }).includes(1);
    expect([sees({ row: 2, column: 2 }), sees({ row: 3, column: 0 }), sees({ row: 0, column: 3 })]).toEqual([true, false, false]);
  });
});

describe("environments side by side", () => {
  const play = (seed: number, steps: number) => {
    const worlds = new Worlds(keysWorld(), 7, seed);
    const log: number[][] = [];
    for (let t = 0; t < steps; t++) {
      const { rewards, ended } = worlds.step(Array.from({ length: 7 }, (_, b) => randomBelow(ACTIONS, 5, t, b, 0)));
      log.push([...rewards, ...ended, ...worlds.observe()]);
    }
    return { log, worlds };
  };

  test("a seed gives the same episodes every time, another one others", () => {
    expect(play(1, 150).log).toEqual(play(1, 150).log);
    expect(play(2, 150).log).not.toEqual(play(1, 150).log);
  });

  test("an episode ends with its limit, and the next one is fresh", () => {
    const world = recallWorld();
    const worlds = new Worlds(world, 2, 1);
    expect([...worlds.fresh()]).toEqual([1, 1]);
    for (let t = 1; t < world.limit; t++) expect([...worlds.step([LEFT, LEFT]).ended]).toEqual([0, 0]);
    expect([[...worlds.fresh()], [...worlds.episodes()]]).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect([...worlds.step([LEFT, LEFT]).ended]).toEqual([1, 1]);
    expect([[...worlds.fresh()], [...worlds.episodes()]]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(worlds.finished()).toEqual([0, 1].map(() => ({ reward: 0, length: world.limit })));
    expect(worlds.finished()).toEqual([]);
  });

  test("actions that do not exist are refused", () => {
    const worlds = new Worlds(recallWorld(), 2, 1);
    expect(() => worlds.step([0])).toThrow(ShapeError);
    expect(() => worlds.step([0, 4])).toThrow(/action 4 of environment 1: expected 0 to 3/);
  });
});

describe("config", () => {
  test.each([
    [{ world: "maze" }, /world: expected one of recall, keys/],
    [{ updates: 0 }, /updates/],
    [{ gamma: 1.1 }, /gamma/],
    [{ memory: 1 as never }, /memory/],
    [{ auxiliary: { weight: 0 } }, /weight/],
    [{ window: 16, auxiliary: { weight: 1, steps: 17 } }, /17 steps ahead do not fit sequences of 17 frames: expected at most 16/],
    [{ world: "recall", window: 90, auxiliary: { weight: 1, steps: 60 } }, /no episode of recall is longer than 60/],
    [{ speed: 1 } as never, /unknown option "speed"/],
  ])("%o is refused", (options, message) => {
    expect(() => agentConfig(options)).toThrow(UsageError);
    expect(() => agentConfig(options)).toThrow(message);
  });

  test("predictions that reach beyond every episode are refused, in words", () => {
    const { limit } = recallWorld();
    expect(() => checkEpisodes(recallWorld(), limit - 1)).not.toThrow();
    expect(() => checkEpisodes(recallWorld(), limit)).toThrow(/no episode of recall is longer than 60.*Take fewer steps/s);
    expect(Object.keys(WORLDS)).toEqual(["recall", "keys"]);
  });
});

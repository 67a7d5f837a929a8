import { expect, test } from "vitest";
import { NO_ACTION } from "../../src/ops/policy.ts";
import { recallWorld } from "../../src/rl/recall.ts";
import { Recorder } from "../../src/rl/window.ts";
import { ACTIONS, observationSize, type World } from "../../src/rl/world.ts";
import { Worlds } from "../../src/rl/worlds.ts";

const [UP, RIGHT] = [0, 1];
/** Three cells to the right and one up: episodes of four actions. */
const WAY = [RIGHT, RIGHT, RIGHT, UP];

const recorderOf = (memory = true) => new Recorder(new Worlds(recallWorld(3) as unknown as World, 2, 4), memory);
const play = (recorder: Recorder, T: number, from = 0) => recorder.record(T, async (t) => [WAY[(from + t) % 4]!, WAY[(from + t) % 4]!]);
const row = (data: ArrayLike<number>, b: number, length: number) => Array.from(data).slice(b * length, (b + 1) * length);

test("a window holds what the agent saw and did, and where episodes end nothing is carried over", async () => {
  const recorder = recorderOf();
  const T = 6;
  const window = await play(recorder, T);
  for (const b of [0, 1]) {
    expect(row(window.keep, b, T + 1)).toEqual([0, 1, 1, 1, 0, 1, 1]);
    expect(row(window.episode, b, T + 1)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect(row(window.action, b, T + 1)).toEqual([...WAY, RIGHT, RIGHT, NO_ACTION]);
    expect(row(window.goesOn, b, T)).toEqual([1, 1, 1, 0, 1, 1]);
    const past = row(window.past, b, (T + 1) * (ACTIONS + 1));
    const actions = Array.from({ length: T + 1 }, (_, t) => past.slice(t * (ACTIONS + 1), t * (ACTIONS + 1) + ACTIONS).indexOf(1));
    expect(actions).toEqual([-1, RIGHT, RIGHT, RIGHT, -1, RIGHT, RIGHT]);
    expect([0, 1]).toContain(row(window.reward, b, T)[3]);
    expect(row(window.reward, b, T).filter((r) => r !== 0).length).toBeLessThanOrEqual(1);
  }
});

test("the reward of an action is told in the next frame; the next window begins with the frame that this one ended with", async () => {
  const world = { ...recallWorld(3), act: (state: never, action: number) => ({ ...recallWorld(3).act(state, action), reward: 0.5 }) };
  const recorder = new Recorder(new Worlds(world as unknown as World, 2, 4), true);
  const first = await play(recorder, 2);
  const second = await play(recorder, 3, 2);
  const size = observationSize(world);
  for (const [name, each] of [
    ["observation", size],
    ["past", ACTIONS + 1],
    ["keep", 1],
    ["episode", 1],
  ] as const)
    for (const b of [0, 1]) expect(row(first[name], b, 3 * each).slice(2 * each)).toEqual(row(second[name], b, 4 * each).slice(0, each));
  const told = (t: number) => second.past[t * (ACTIONS + 1) + ACTIONS];
  expect([told(0), told(1), told(2), told(3)]).toEqual([0.5, 0.5, 0, 0.5]);
});

test("without memory the core starts anew at every frame", async () => {
  expect(new Set((await play(recorderOf(false), 5)).keep)).toEqual(new Set([0]));
});

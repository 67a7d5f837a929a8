import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { Cpc } from "../../src/objectives/cpc.ts";
import { openTape } from "../../src/ops/tape.ts";
import { AUXILIARY_DEFAULTS } from "../../src/rl/config.ts";
import { trainAgent } from "../../src/rl/train.ts";
import { Tensor } from "../../src/tensor.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const SMALL = { environments: 6, window: 5, hidden: 12, latents: 8, units: 12, updates: 6 };
const AUXILIARY = { ...AUXILIARY_DEFAULTS, steps: 3 };

test("a run is a function of its config: twice the same curve, with another seed another one", async () => {
  const gpu = await testGpu();
  const run = async (seed: number) => (await trainAgent(gpu, { ...SMALL, seed, auxiliary: AUXILIARY }, { every: 2 })).curve;
  const first = await run(1);
  expect(first.map(({ update, frames }) => [update, frames])).toEqual([
    [2, 60],
    [4, 120],
    [6, 180],
  ]);
  expect(Object.keys(first[0]!.figures)).toEqual(["loss", "entropy", "cpc", "bound"]);
  expect(await run(1)).toEqual(first);
  expect(await run(2)).not.toEqual(first);
});

test("an interruption ends a run after the update at hand, with the curve so far", async () => {
  const stop = new AbortController();
  const run = await trainAgent(await testGpu(), SMALL, {
    every: 1,
    signal: stop.signal,
    emit: ({ update }) => update === 2 && stop.abort(),
  });
  expect([run.finished, run.curve.length]).toEqual([false, 2]);
});

test("an agent learns to walk a corridor: episodes become shorter and pay more", async () => {
  const options = { ...SMALL, environments: 16, window: 8, updates: 60, rate: 0.01, entropy: 0.001 };
  const { curve, finished } = await trainAgent(await testGpu(), options, { every: 20 });
  expect(finished).toBe(true);
  const [first, last] = [curve[0]!, curve.at(-1)!];
  expect(last.length!).toBeLessThan(0.7 * first.length!);
  expect(last.figures.entropy!).toBeLessThan(first.figures.entropy!);
});

test("predictions that no window, or no episode, is long enough for are refused before anything is computed", async () => {
  const gpu = await testGpu();
  const train = (window: number, steps: number) => trainAgent(gpu, { ...SMALL, window, auxiliary: { ...AUXILIARY, steps } });
  await expect(train(5, 6)).rejects.toThrow(/6 steps ahead do not fit sequences of 6 frames/);
  await expect(train(80, 60)).rejects.toThrow(/no episode of recall is longer than 60/);
  await expect(train(80, 60)).rejects.toThrow(UsageError);
});

test("predictions stop at the ends of episodes: of episodes of one frame there are none, and they neither cost nor teach anything", async () => {
  const [B, T, D] = [2, 4, 8];
  const random = sequence(2);
  const numbers = Float32Array.from({ length: B * T * D }, () => 2 * random() - 1);
  /** Loss, size of the gradient of the latents, predictions one step ahead. */
  const lossOf = async (episodes: readonly number[], data = numbers) => {
    const parameters = new Parameters(await testGpu(), 1);
    const z = parameters.add("z", [B, T, D], () => data);
    const setting = { parameters, batch: B, frames: T, latents: D, context: D, encode: () => ({ latents: z, context: z }) };
    const cpc = new Cpc(setting, { profile: "rlpyt", steps: 2 });
    const plan = new Plan(parameters.gpu, "episodes");
    const tape = openTape(plan, true);
    const operand = tape.input("episodes", [B, T], "u32");
    const context = tape.input("context", [B, T, D]);
    const { loss, tally } = cpc.predict(tape, z, new Tensor(context.slot, context.shape), { episodes: operand });
    tape.backward(loss);
    parameters.collect(tape);
    plan.keep(loss);
    plan.keep(tally);
    await plan.open();
    plan.run(undefined, [
      [operand, Uint32Array.from(episodes)],
      [context, numbers],
    ]);
    const { store, slot } = parameters.namedGradients().get("z")!;
    const gradient = await store.read(slot, "f32");
    const size = Math.hypot(...gradient);
    const found = [(await plan.read(loss))[0]!, size, (await plan.read(tally))[0]!] as const;
    plan.close();
    parameters.destroy();
    return found;
  };
  expect(await lossOf([0, 1, 2, 3, 0, 1, 2, 3])).toEqual([0, 0, 0]);
  const [whole, wholeSize, all] = await lossOf([0, 0, 0, 0, 5, 5, 5, 5]);
  const [cut, cutSize, fewer] = await lossOf([0, 0, 1, 1, 5, 5, 5, 5]);
  expect([all, fewer]).toEqual([6, 5]);
  expect(cut).not.toBeCloseTo(whole, 3);
  expect(Math.min(wholeSize, cutSize)).toBeGreaterThan(0);
});

import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { constant } from "../../src/nn/init.ts";
import { readNamed, writeNamed } from "../../src/nn/named.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { Lars, type LarsConfig } from "../../src/optim/lars.ts";
import { testGpu } from "../host.ts";

/** Ragged sizes; one of two chunks; two whose norm is 0: of the weights at the start, of the gradient always. */
const SHAPES = { conv: [5, 3, 3, 3], bias: [7], big: [70, 61], one: [1], still: [2, 2], fresh: [3, 2] } as const;
type Name = keyof typeof SHAPES;
const NAMES = Object.keys(SHAPES) as Name[];
const size = (name: Name) => SHAPES[name].reduce<number>((a, b) => a * b, 1);
const vectors = (value: (name: Name, i: number) => number) =>
  Object.fromEntries(NAMES.map((name) => [name, Float64Array.from({ length: size(name) }, (_, i) => value(name, i))])) as Record<
    Name,
    Float64Array
  >;
const start = () => vectors((name, i) => (name === "fresh" ? 0 : Math.fround(Math.sin(i + name.length))));
/** As f32 holds it, so that device and reference start from one gradient. */
const gradientAt = (weights: Record<Name, Float64Array>, step: number) =>
  vectors((name, i) => (name === "still" ? 0 : Math.fround(0.3 * weights[name][i]! + Math.cos(i + step))));

const norm = (x: Float64Array) => Math.hypot(...x);

/** Algorithm 1 of the paper with torch's momentum, in float64. */
function reference({ momentum = 0.9, weightDecay = 0, trust = 0.001, epsilon = 1e-8, excludeVectors = true }: LarsConfig) {
  const velocity = vectors(() => 0);
  const ratios: Partial<Record<Name, number>> = {};
  const step = (weights: Record<Name, Float64Array>, gradients: Record<Name, Float64Array>, rate: number) => {
    for (const name of NAMES) {
      const [w, g, v] = [weights[name], gradients[name], velocity[name]];
      const adapted = !(excludeVectors && SHAPES[name].length < 2);
      const decay = adapted ? weightDecay : 0;
      const zero = !adapted || norm(w) === 0 || norm(g) === 0;
      const ratio = zero ? 1 : (trust * norm(w)) / (norm(g) + decay * norm(w) + epsilon);
      ratios[name] = ratio;
      w.forEach((before, i) => {
        v[i] = momentum * v[i]! + ratio * (g[i]! + decay * before);
        w[i] = before - rate * v[i]!;
      });
    }
  };
  return { step, velocity, ratios };
}

async function walk(config: LarsConfig) {
  const parameters = new Parameters(await testGpu(), 1);
  const weights = start();
  for (const name of NAMES) parameters.add(name, SHAPES[name], () => Float32Array.from(weights[name]));
  const lars = new Lars(parameters, config);
  const plan = new Plan(parameters.gpu, "lars");
  lars.step(plan);
  await plan.open();
  const { step, velocity, ratios } = reference(config);
  for (const [t, rate] of [1, 0.5, 2, 0.1, 1].entries()) {
    const gradients = gradientAt(weights, t);
    writeNamed(
      parameters.namedGradients(),
      new Map(NAMES.map((name) => [name, { shape: SHAPES[name], data: Float32Array.from(gradients[name]) }])),
    );
    plan.run({ seed: 1, step: t, epoch: 0, rate });
    step(weights, gradients, rate);
  }
  const got = await parameters.read();
  const moved = await readNamed(lars.named());
  const errors = NAMES.flatMap((name) => [
    difference(got.get(name)!.data, weights[name]),
    difference(moved.get(`momentum.${name}`)!.data, velocity[name]),
  ]);
  const launches = plan.launches.length;
  plan.close();
  lars.destroy();
  parameters.destroy();
  return { error: Math.max(...errors), launches, ratios };
}

function difference(got: ArrayLike<number>, expected: Float64Array): number {
  const scale = Math.max(1e-30, ...expected.map(Math.abs));
  return Math.max(...Array.from(expected, (v, i) => Math.abs(got[i]! - v) / scale));
}

describe("five steps at changing rates as in float64, in three launches", () => {
  test.each<LarsConfig>([
    {},
    { weightDecay: 0.1 },
    { weightDecay: 0.2, trust: 0.02, momentum: 0.5, epsilon: 0.1 },
    { weightDecay: 0.1, trust: 0.5, excludeVectors: false },
    { momentum: 0 },
  ])("%j", async (config) => {
    const { error, launches, ratios } = await walk(config);
    expect(error).toBeLessThan(2e-6);
    expect(launches).toBe(3);
    expect(ratios.still).toBe(1);
    expect(ratios.bias === 1).toBe(config.excludeVectors !== false);
    expect(ratios.big).not.toBe(1);
  });
});

test("the same bits at every run; a larger gradient is a step of the same length", async () => {
  const step = async (factor: number) => {
    const parameters = new Parameters(await testGpu(), 1);
    parameters.add("w", [100, 61], () => Float32Array.from({ length: 6100 }, (_, i) => Math.sin(i)));
    const lars = new Lars(parameters, { epsilon: 0 });
    const plan = new Plan(parameters.gpu, "lars");
    lars.step(plan);
    await plan.open();
    const data = Float32Array.from({ length: 6100 }, (_, i) => factor * Math.cos(3 * i));
    writeNamed(parameters.namedGradients(), new Map([["w", { shape: [100, 61], data }]]));
    plan.run({ seed: 1, step: 0, epoch: 0, rate: 1 });
    const { data: w } = (await parameters.read()).get("w")!;
    plan.close();
    lars.destroy();
    parameters.destroy();
    return w;
  };
  const once = await step(1);
  expect(await step(1)).toEqual(once);
  expect(difference(await step(1000), Float64Array.from(once))).toBeLessThan(1e-6);
});

test("values out of range, unknown options and parameters that come later are refused", async () => {
  const parameters = new Parameters(await testGpu(), 1);
  expect(() => new Lars(parameters)).toThrow("lars: there are no parameters");
  parameters.add("w", [3, 3], constant(1));
  expect(() => new Lars(parameters, { trust: 0 })).toThrow("lars: trust");
  expect(() => new Lars(parameters, { momentum: 1.5 })).toThrow("lars: momentum");
  expect(() => new Lars(parameters, { epsilon: -1 })).toThrow("lars: epsilon");
  expect(() => new Lars(parameters, { weightDecay: Number.NaN })).toThrow("lars: weightDecay");
  expect(() => new Lars(parameters, { excludeVectors: 1 } as object)).toThrow("lars: excludeVectors");
  expect(() => new Lars(parameters, { nesterov: true } as object)).toThrow('unknown option "nesterov"');
  const lars = new Lars(parameters);
  parameters.add("late", [100], constant(1));
  expect(() => lars.step(new Plan(parameters.gpu, "late"))).toThrow("parameters were added after");
});

import { Plan } from "../../src/gpu/plan.ts";
import { readNamed, writeNamed } from "../../src/nn/named.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import type { Optimiser } from "../../src/optim/optimiser.ts";
import { testGpu } from "../host.ts";

/** Numbers by parameter name, in float64. */
export type Vectors = Record<string, Float64Array>;

/** Two tensors of a valley: sum of curvature / 2 (w - target)^2. Neither fills its place in the store; one is no matrix. */
const SHAPES: Record<string, readonly number[]> = { "head.weight": [30, 7], "head.bias": [7] };
const size = (name: string) => SHAPES[name]!.reduce((a, b) => a * b, 1);
export const vectors = (value: (name: string, i: number) => number): Vectors =>
  Object.fromEntries(Object.keys(SHAPES).map((name) => [name, Float64Array.from({ length: size(name) }, (_, i) => value(name, i))]));

/** As f32 holds them, so that device and reference start at one point. */
const start = vectors((_, i) => Math.fround(Math.sin(i + 1)));
const gradientAt = (weights: Vectors) => vectors((name, i) => Math.fround((0.1 + (i % 5)) * (weights[name]![i]! - 0.3 * Math.cos(3 * i))));

/** One step of the reference: changes the weights in place. `t` counts from 1. */
export type Reference = (weights: Vectors, gradients: Vectors, rate: number, t: number) => void;

/**
 * Walks the valley beside a float64 reference, from step `first` of a run on, at changing rates. Both get the gradient at the
 * reference's place, so that a difference is the optimiser's own. Returns largest relative differences of weights and memory.
 */
export async function walk(
  make: (parameters: Parameters) => Optimiser,
  reference: Reference,
  memory: Record<string, Vectors>,
  { first = 0, steps = 20, rate = 0.05 } = {},
) {
  const parameters = new Parameters(await testGpu(), 1);
  for (const [name, shape] of Object.entries(SHAPES)) parameters.add(name, shape, () => Float32Array.from(start[name]!));
  const optimiser = make(parameters);
  const plan = new Plan(parameters.gpu, "toy");
  optimiser.step(plan);
  await plan.open();
  const weights = vectors((name, i) => start[name]![i]!);
  for (let step = first; step < first + steps; step++) {
    const gradients = gradientAt(weights);
    const now = rate / (1 + step - first);
    writeNamed(
      parameters.namedGradients(),
      new Map(Object.entries(gradients).map(([name, g]) => [name, { shape: SHAPES[name]!, data: Float32Array.from(g) }])),
    );
    plan.run({ seed: 1, step, epoch: 0, rate: now });
    reference(weights, gradients, now, step + 1);
  }
  const got = new Map([...(await parameters.read()), ...(await readNamed(optimiser.named()))]);
  const expected = new Map(Object.entries(weights));
  for (const [what, held] of Object.entries(memory)) for (const [name, v] of Object.entries(held)) expected.set(`${what}.${name}`, v);
  const launches = plan.launches.length;
  const padding = await paddingOf(parameters);
  plan.close();
  optimiser.destroy();
  parameters.destroy();
  const names = [...got.keys()].sort();
  const error = Math.max(...names.map((name) => difference(got.get(name)!.data, expected.get(name)!)));
  return { names, error, launches, padding };
}

/** Largest magnitude between the parameters: it must stay 0. */
async function paddingOf(parameters: Parameters): Promise<number> {
  const all = parameters.values.all();
  const flat = await parameters.values.read(all.slot, "f32");
  for (const { shape, slot } of parameters.tensors().values()) {
    const from = slot.home!.offset / 4;
    flat.fill(0, from, from + shape.reduce((a, b) => a * b, 1));
  }
  return Math.max(...flat.map(Math.abs));
}

function difference(got: ArrayLike<number>, expected: Float64Array): number {
  const scale = Math.max(...expected.map(Math.abs));
  return Math.max(...Array.from(expected, (v, i) => Math.abs(got[i]! - v) / scale));
}

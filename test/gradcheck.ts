import { expect } from "vitest";
import type { Tape } from "../src/autograd.ts";
import type { Gpu } from "../src/gpu/device.ts";
import { Plan } from "../src/gpu/plan.ts";
import { elements, type Operand } from "../src/gpu/slot.ts";
import { Parameters } from "../src/nn/parameters.ts";
import { matmul } from "../src/ops/matmul.ts";
import { reshape } from "../src/ops/reshape.ts";
import { openTape } from "../src/ops/tape.ts";
import { Tensor } from "../src/tensor.ts";

export interface GradcheckOptions {
  /** Half the difference taken, relative to the direction's largest entry. */
  readonly eps?: number;
  /** Largest error of a directional derivative relative to its scale (see below). */
  readonly tolerance?: number;
  /** Random directions tried for each input. */
  readonly directions?: number;
  /** Value of element i of input `name`; uniform in [-1, 1) by default. Keep clear of kinks, or of ties. */
  readonly value?: (name: string, i: number, random: () => number) => number;
}

/**
 * Central differences against the tape, for any op. The output is projected on a fixed random vector r, so the loss is r . f(x);
 * each input in turn moves by ±eps along random directions u of ones and minus ones, and (loss(x + eps u) - loss(x - eps u)) / 2 eps
 * must equal gradient . u up to `tolerance` times |gradient| (the expected size of gradient . u). The projection is summed in float64 from
 * the output read back, so that float32 rounding of a sum does not hide anything. Inputs are given as shapes by name.
 */
export async function gradcheck(
  gpu: Gpu,
  inputs: { readonly [name: string]: readonly number[] },
  op: (tape: Tape, x: { readonly [name: string]: Tensor }) => Tensor,
  { eps = 1e-2, tolerance = 1e-2, directions = 3, value = (_name, _i, random) => 2 * random() - 1 }: GradcheckOptions = {},
): Promise<void> {
  const random = sequence(17);
  const parameters = new Parameters(gpu, 1);
  const tensors: Record<string, Tensor> = {};
  const start = new Map<string, Float32Array<ArrayBuffer>>();
  for (const [name, shape] of Object.entries(inputs)) {
    const data = Float32Array.from({ length: elements(shape) }, (_, i) => value(name, i, random));
    start.set(name, data);
    tensors[name] = parameters.add(name, shape, () => data);
  }
  const plan = new Plan(gpu, "gradcheck");
  const tape = openTape(plan, true);
  const out = op(tape, tensors);
  const projection = plan.input("projection", [out.size, 1]);
  const r = Float32Array.from({ length: out.size }, () => 2 * random() - 1);
  const y = reshape(tape, out, [1, out.size]);
  tape.backward(matmul(tape, y, new Tensor(projection.slot, projection.shape)));
  parameters.collect(tape);
  plan.keep(out);
  await plan.open();
  const step = { seed: 1, step: 0, epoch: 0, rate: 0 };

  /** r . f(x), with input `name` moved by `by` times u. */
  const lossAt = async (name: string, by: number, u: Float32Array): Promise<number> => {
    const place = parameters.named().get(name)!;
    const base = start.get(name)!;
    place.store.write(
      place.slot,
      base.map((v, i) => v + by * u[i]!),
    );
    plan.run(step, [[projection, r]]);
    const got = await plan.read(out);
    place.store.write(place.slot, base);
    return Array.from(got).reduce((total, v, i) => total + v * r[i]!, 0);
  };

  try {
    plan.run(step, [[projection, r]]);
    const gradients = new Map<string, Float32Array>();
    for (const [name, { store, slot }] of parameters.namedGradients())
      gradients.set(name, Float32Array.from(await store.read(slot, "f32")));
    for (const [name, gradient] of gradients) {
      const size = Math.sqrt(gradient.reduce((total, v) => total + v * v, 0));
      expect(Number.isFinite(size), `gradient of ${name} is finite`).toBe(true);
      expect(size, `size of the gradient of ${name}`).toBeGreaterThan(0);
      for (let d = 0; d < directions; d++) {
        const u = gradient.map(() => (random() < 0.5 ? -1 : 1));
        const expected = ((await lossAt(name, eps, u)) - (await lossAt(name, -eps, u))) / (2 * eps);
        const got = gradient.reduce((total, v, i) => total + v * u[i]!, 0);
        const error = Math.abs(got - expected) / size;
        expect(error, `${name}, direction ${d}: gradient . u = ${got}, differences give ${expected} (eps ${eps})`).toBeLessThan(tolerance);
      }
    }
  } finally {
    plan.close();
    parameters.destroy();
  }
}

/** Runs ops on given numbers and returns what comes out, without gradients unless `training`. */
export async function evaluate(
  gpu: Gpu,
  inputs: { readonly [name: string]: { readonly shape: readonly number[]; readonly data: Float32Array | Uint32Array } },
  op: (tape: Tape, x: { readonly [name: string]: Tensor }) => Tensor,
  training = false,
): Promise<Float32Array> {
  const plan = new Plan(gpu, "evaluate");
  const tensors: Record<string, Tensor> = {};
  const data: [Operand, Float32Array | Uint32Array][] = [];
  for (const [name, input] of Object.entries(inputs)) {
    const operand = plan.input(name, input.shape, input.data instanceof Uint32Array ? "u32" : "f32");
    tensors[name] = new Tensor(operand.slot, operand.shape, operand.dtype);
    data.push([operand, input.data]);
  }
  const out = plan.keep(op(openTape(plan, training), tensors));
  await plan.open();
  plan.run({ seed: 1, step: 0, epoch: 0, rate: 0 }, data);
  const result = Float32Array.from(await plan.read(out));
  plan.close();
  return result;
}

/** A small generator of its own (xorshift32), so that the tests do not rest on the one under test. */
export function sequence(seed: number): () => number {
  let state = (seed * 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

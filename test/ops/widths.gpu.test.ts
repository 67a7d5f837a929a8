import { describe, expect, test } from "vitest";
import type { Tape } from "../../src/autograd.ts";
import { fromHalf, toHalf } from "../../src/formats/half.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { add } from "../../src/ops/add.ts";
import { batchNorm } from "../../src/ops/batch_norm.ts";
import { conv2d } from "../../src/ops/conv2d.ts";
import { globalMeanPool, maxPool } from "../../src/ops/pool.ts";
import { sum } from "../../src/ops/reduce.ts";
import { relu } from "../../src/ops/relu.ts";
import { openTape } from "../../src/ops/tape.ts";
import { narrow, widen } from "../../src/ops/widths.ts";
import type { Tensor } from "../../src/tensor.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const gpu = await testGpu();
const halves = gpu.features.has("shader-f16");
const REFUSAL = `activations f16 need shader-f16, which ${gpu.name} does not offer`;

/** Output and gradients of an op, of the same start values each time: with its input as it is, or in halves. */
async function results(shapes: { readonly [name: string]: readonly number[] }, op: Op, f16: boolean): Promise<Float32Array[]> {
  const random = sequence(5);
  const parameters = new Parameters(gpu, 1);
  const data = ([, shape]: [string, readonly number[]]) =>
    // Halves to begin with, so that both see the same input.
    fromHalf(toHalf(Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1)));
  const tensors = Object.fromEntries(
    Object.entries(shapes).map((entry) => {
      const values = data(entry);
      return [entry[0], parameters.add(entry[0], entry[1], () => values)];
    }),
  );
  const plan = new Plan(gpu, "widths");
  try {
    const tape = openTape(plan, true);
    const { x, ...others } = tensors;
    const y = plan.keep(widen(tape, op(tape, f16 ? narrow(tape, x!) : x!, others)));
    tape.backward(sum(tape, relu(tape, y))); // a gradient that is not the same everywhere
    parameters.collect(tape);
    await plan.open();
    plan.run();
    const gradients = [...parameters.namedGradients().values()].map(({ store, slot }) => store.read(slot, "f32"));
    return [await plan.read(y), ...(await Promise.all(gradients))].map((values) => Float32Array.from(values));
  } finally {
    plan.close();
    parameters.destroy();
  }
}

type Op = (tape: Tape, x: Tensor, others: { readonly [name: string]: Tensor }) => Tensor;

const x = [3, 5, 7, 5];
const cases: readonly [string, { readonly [name: string]: readonly number[] }, Op][] = [
  ["narrowed and widened", { x }, (_, x) => x],
  ["conv2d with bias", { x, w: [9, 5, 3, 3], bias: [9] }, (tape, x, { w, bias }) => conv2d(tape, x, w!, { padding: 1, bias: bias! })],
  [
    "conv2d of one line",
    { x: [2, 2, 1, 16], w: [4, 2, 1, 8] },
    (tape, x, { w }) => conv2d(tape, x, w!, { stride: [1, 4], padding: [0, 2] }),
  ],
  [
    "batch norm with ReLU",
    { x },
    (tape, x) => {
      const state = new Parameters(gpu, 1);
      return batchNorm(tape, x, { runningMean: state.buffer("mean", [5], 0), runningVar: state.buffer("var", [5], 1), relu: true });
    },
  ],
  ["a residual", { x }, (tape, x) => relu(tape, add(tape, x, relu(tape, x)))],
  ["max pooling", { x }, (tape, x) => maxPool(tape, x, { kernel: 3, stride: 2, padding: 1 })],
  ["global mean pooling", { x }, (tape, x) => globalMeanPool(tape, x)],
];

describe("activations in halves", () => {
  for (const [name, shapes, op] of cases)
    test(`${name}: the results of f32 up to their rounding, where the adapter has them`, async () => {
      if (!halves) return expect(results(shapes, op, true)).rejects.toThrow(REFUSAL);
      const [got, expected] = [await results(shapes, op, true), await results(shapes, op, false)];
      expected.forEach((values, i) => {
        const scale = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
        expect(scale).toBeGreaterThan(0);
        const worst = values.reduce((most, v, k) => Math.max(most, Math.abs(v - got[i]![k]!)), 0);
        expect(worst, `${i === 0 ? "output" : `gradient ${i}`}`).toBeLessThan(4e-3 * scale);
      });
    });
});

test("what takes f32 refuses halves while recording, and none can be read before it is widened", async () => {
  const plan = new Plan(gpu, "refused");
  const tape = openTape(plan, true);
  const x = tape.tensor([2, 3, 4, 4], "f16");
  expect(x.slot.bytes).toBe(2 * 96);
  expect(tape.tensor([3], "f16").slot.bytes).toBe(8);
  expect(() => add(tape, x, tape.tensor([2, 3, 4, 4]))).toThrow("`b` is f32[2,3,4,4] (96 elements), but b: f16[N]");
  expect(() => conv2d(tape, tape.tensor([2, 3, 4, 4]), tape.tensor([5, 3, 3, 3], "f16"))).toThrow("`x` is f32[2,3,4,4]");
  await expect(plan.read(x)).rejects.toThrow("widen it first");
});

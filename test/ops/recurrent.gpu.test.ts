import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { gruLayer } from "../../src/nn/recurrent.ts";
import { frame, swapAxes } from "../../src/ops/frame.ts";
import { gru, lstm, type RecurrentWeights } from "../../src/ops/recurrent.ts";
import { sum } from "../../src/ops/reduce.ts";
import { openTape } from "../../src/ops/tape.ts";
import type { Tensor } from "../../src/tensor.ts";
import { gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

type Named = { readonly [name: string]: Tensor };
const weightsOf = ({ weightInput, weightHidden, biasInput, biasHidden }: Named): RecurrentWeights => ({
  weightInput: weightInput!,
  weightHidden: weightHidden!,
  biasInput: biasInput!,
  biasHidden: biasHidden!,
});
const shapes = (G: number, I: number, H: number) => ({
  weightInput: [G * H, I],
  weightHidden: [G * H, H],
  biasInput: [G * H],
  biasHidden: [G * H],
});

describe("gradients", () => {
  test("gru, with an initial state", async () => {
    const inputs = { x: [3, 4, 2], h0: [3, 5], ...shapes(3, 2, 5) };
    await gradcheck(await testGpu(), inputs, (tape, t) => gru(tape, t.x!, weightsOf(t), t.h0));
  });

  test("gru, its last state alone", async () => {
    await gradcheck(await testGpu(), { x: [5, 3, 2], ...shapes(3, 2, 3) }, (tape, t) => frame(tape, gru(tape, t.x!, weightsOf(t)), -1));
  });

  test("lstm, with an initial state", async () => {
    const inputs = { x: [3, 4, 2], h0: [3, 5], c0: [3, 5], ...shapes(4, 2, 5) };
    await gradcheck(await testGpu(), inputs, (tape, t) => lstm(tape, t.x!, weightsOf(t), { h: t.h0!, c: t.c0! }).y);
  });

  test("lstm, its last state alone", async () => {
    await gradcheck(await testGpu(), { x: [5, 3, 2], ...shapes(4, 2, 3) }, (tape, t) => frame(tape, lstm(tape, t.x!, weightsOf(t)).y, -1));
  });

  test("frame and swapAxes", async () => {
    await gradcheck(await testGpu(), { x: [3, 4, 5] }, (tape, { x }) => frame(tape, swapAxes(tape, x!), 2));
  });
});

test("a GRU over 128 steps takes eleven launches, forward and backward, with the gradient of its input", async () => {
  const parameters = new Parameters(await testGpu(), 1);
  const layer = gruLayer(parameters, "gru", 3, 5);
  const x = parameters.add("x", [2, 128, 3], (shape) => new Float32Array(shape.reduce((a, b) => a * b)));
  const plan = new Plan(parameters.gpu, "launches");
  const tape = openTape(plan, true);
  const loss = sum(tape, layer(tape, x));
  const forward = plan.launches.filter(({ kernel }) => !kernel.name.startsWith("sum_runs")).length;
  tape.backward(loss);
  const own = plan.launches.filter(({ kernel }) => !["sum_runs", "fill"].includes(kernel.name)); // of the loss
  expect(forward).toBe(3);
  expect(own.map(({ kernel }) => kernel.name)).toHaveLength(11);
  parameters.destroy();
});

test("sizes that do not match are refused while recording", async () => {
  const tape = openTape(new Plan(await testGpu(), "refused"), true);
  const weights = (G: number, I: number, H: number) =>
    weightsOf(Object.fromEntries(Object.entries(shapes(G, I, H)).map(([name, shape]) => [name, tape.tensor(shape)])));
  expect(() => gru(tape, tape.tensor([2, 3]), weights(3, 3, 4))).toThrow(/expected \[B, T, I\]/);
  expect(() => gru(tape, tape.tensor([2, 5, 3]), weights(3, 2, 4))).toThrow(/weightInput is \[12,2\].* needs \[12,3\]/);
  expect(() => lstm(tape, tape.tensor([2, 5, 3]), weights(3, 3, 4))).toThrow(ShapeError);
  expect(() => gru(tape, tape.tensor([2, 5, 3]), weights(3, 3, 4), tape.tensor([1, 4]))).toThrow(/h0 is \[1,4\].* needs \[2,4\]/);
  expect(() => frame(tape, tape.tensor([2, 5, 3]), 5)).toThrow(/no step 5/);
});

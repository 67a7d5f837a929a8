import { expect, test } from "vitest";
import { ShapeError, UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { stack } from "../../src/ops/stack.ts";
import { openTape } from "../../src/ops/tape.ts";
import { evaluate, gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

test.each([1, 2, 4, 5, 9])("%i tensors, one after the other, and their gradients", async (T) => {
  const gpu = await testGpu();
  const names = Array.from({ length: T }, (_, t) => `x${t}`);
  const data = (t: number) => Float32Array.from({ length: 6 }, (_, i) => 10 * t + i);
  const inputs = Object.fromEntries(names.map((name, t) => [name, { shape: [2, 3], data: data(t) }]));
  const got = await evaluate(gpu, inputs, (tape, x) => stack(tape, names.map((name) => x[name]!))); // biome-ignore format: one line
  expect(Array.from(got)).toEqual(names.flatMap((_, t) => Array.from(data(t))));
  await gradcheck(gpu, Object.fromEntries(names.map((name) => [name, [2, 3]])), (tape, x) => stack(tape, names.map((name) => x[name]!))); // biome-ignore format: one line
});

test("none, and shapes that differ, are refused", async () => {
  const tape = openTape(new Plan(await testGpu(), "stack"), true);
  expect(() => stack(tape, [])).toThrow(UsageError);
  expect(() => stack(tape, [tape.tensor([2, 3]), tape.tensor([3, 2])])).toThrow(ShapeError);
});

import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { add } from "../../src/ops/add.ts";
import { linear, matmul } from "../../src/ops/matmul.ts";
import { mean, sum } from "../../src/ops/reduce.ts";
import { relu } from "../../src/ops/relu.ts";
import { flatten, reshape } from "../../src/ops/reshape.ts";
import { scale } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import { evaluate, gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

/** Keeps clear of the kink at 0. */
const awayFromZero = (_name: string, _i: number, random: () => number): number => (random() < 0.5 ? -1 : 1) * (0.1 + random());

describe("gradients", () => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const) {
    test(`matmul ${transposeA ? "T" : "N"}${transposeB ? "T" : "N"}`, async () => {
      const shapes = { a: transposeA ? [9, 5] : [5, 9], b: transposeB ? [11, 9] : [9, 11] };
      await gradcheck(await testGpu(), shapes, (tape, { a, b }) => matmul(tape, a!, b!, { transposeA, transposeB }));
    });
  }

  test("linear with bias", async () => {
    await gradcheck(await testGpu(), { x: [70, 5], w: [9, 5], bias: [9] }, (tape, { x, w, bias }) => linear(tape, x!, w!, bias));
  });

  test("relu", async () => {
    await gradcheck(await testGpu(), { x: [3, 100] }, (tape, { x }) => relu(tape, x!), { value: awayFromZero });
  });

  test("add of a tensor to itself and to another", async () => {
    await gradcheck(await testGpu(), { a: [7], b: [7] }, (tape, { a, b }) => add(tape, add(tape, a!, a!), b!));
  });

  test("two parameters with one gradient tensor", async () => {
    await gradcheck(await testGpu(), { a: [300], b: [300] }, (tape, { a, b }) => add(tape, a!, b!));
  });

  test("scale, flatten, reshape", async () => {
    await gradcheck(await testGpu(), { x: [2, 3, 4] }, (tape, { x }) => reshape(tape, scale(tape, flatten(tape, x!), -1.5), [4, 6]));
  });

  for (const n of [1, 255, 257, 5000]) {
    test(`sum and mean of ${n}`, async () => {
      await gradcheck(await testGpu(), { x: [n] }, (tape, { x }) => add(tape, sum(tape, x!), mean(tape, x!)), { tolerance: 2e-2 });
    });
  }
});

test("a loss that is a constant multiple, a sum, a sum of sums: gradients without bytes are written out where they are needed", async () => {
  const gpu = await testGpu();
  const parameters = new Parameters(gpu, 1);
  const w = parameters.add("w", [3], () => Float32Array.of(1, 2, 3));
  const plan = new Plan(gpu, "constants");
  const tape = openTape(plan, true);
  const s = sum(tape, w);
  tape.backward(reshape(tape, scale(tape, add(tape, add(tape, s, s), mean(tape, relu(tape, w))), 2), [1, 1]));
  parameters.collect(tape);
  await plan.open();
  plan.run();
  const place = parameters.namedGradients().get("w")!;
  const gradient = await place.store.read(place.slot, "f32");
  for (const g of gradient) expect(g).toBeCloseTo(2 * (2 + 1 / 3), 5);
  plan.close();
  parameters.destroy();
});

test("relu keeps NaN", async () => {
  const y = await evaluate(await testGpu(), { x: { shape: [3], data: Float32Array.of(-1, Number.NaN, 2) } }, (tape, { x }) =>
    relu(tape, x!),
  );
  expect([...y]).toEqual([0, Number.NaN, 2]);
});

test("sizes that do not match are refused while recording", async () => {
  const gpu = await testGpu();
  const plan = new Plan(gpu, "refused");
  const tape = openTape(plan, true);
  expect(() => matmul(tape, tape.tensor([2, 3]), tape.tensor([4, 2]))).toThrow("inner sizes differ");
  expect(() => linear(tape, tape.tensor([2, 3]), tape.tensor([4, 3]), tape.tensor([5]))).toThrow("expected [4]");
  expect(() => add(tape, tape.tensor([2, 3]), tape.tensor([3, 2]))).toThrow("differ");
  expect(() => reshape(tape, tape.tensor([2, 3]), [5])).toThrow("6 elements");
});

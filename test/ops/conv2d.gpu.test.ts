import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { conv2d } from "../../src/ops/conv2d.ts";
import { globalMeanPool, maxPool } from "../../src/ops/pool.ts";
import { openTape } from "../../src/ops/tape.ts";
import { gradcheck } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

describe("gradients", () => {
  test("conv2d with bias", async () => {
    await gradcheck(await testGpu(), { x: [2, 3, 7, 6], w: [9, 3, 3, 3], bias: [9] }, (tape, { x, w, bias }) =>
      conv2d(tape, x!, w!, { padding: 1, bias }),
    );
  });

  test("conv2d with stride, padding and dilation, unequal axes", async () => {
    await gradcheck(await testGpu(), { x: [3, 5, 11, 9], w: [6, 5, 3, 2] }, (tape, { x, w }) =>
      conv2d(tape, x!, w!, { stride: [2, 3], padding: [1, 2], dilation: [2, 1] }),
    );
  });

  test("conv2d of many pixels: the weight gradient is split", async () => {
    await gradcheck(await testGpu(), { x: [16, 1, 12, 12], w: [4, 1, 3, 3] }, (tape, { x, w }) =>
      conv2d(tape, x!, w!, { stride: 2, padding: 1 }),
    );
  });

  test("max pooling, windows that overlap", async () => {
    const apart = (_name: string, i: number) => ((i * 37) % 101) / 10; // distinct, 0.1 apart: eps never changes the order
    await gradcheck(await testGpu(), { x: [1, 1, 10, 10] }, (tape, { x }) => maxPool(tape, x!, { kernel: 3, stride: 2, padding: 1 }), {
      value: apart,
    });
  });

  test("global mean pooling", async () => {
    await gradcheck(await testGpu(), { x: [2, 5, 3, 7] }, (tape, { x }) => globalMeanPool(tape, x!));
  });
});

test("sizes that do not match are refused while recording", async () => {
  const plan = new Plan(await testGpu(), "refused");
  const tape = openTape(plan, true);
  const x = tape.tensor([1, 3, 8, 8]);
  expect(() => conv2d(tape, x, tape.tensor([4, 2, 3, 3]))).toThrow("3 channels");
  expect(() => conv2d(tape, x, tape.tensor([4, 3, 9, 9]))).toThrow("does not fit");
  expect(() => conv2d(tape, x, tape.tensor([4, 3, 3, 3]), { stride: 0 })).toThrow("stride must be an integer >= 1");
  expect(() => conv2d(tape, tape.tensor([3, 8, 8]), tape.tensor([4, 3, 3, 3]))).toThrow("four dimensions");
  expect(() => maxPool(tape, x, { kernel: 2, padding: 2 })).toThrow("padding 2");
});

import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { batchNorm } from "../../src/ops/batch_norm.ts";
import { crossEntropy } from "../../src/ops/cross_entropy.ts";
import { l2norm } from "../../src/ops/l2norm.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { evaluate, gradcheck, sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

/** Running statistics that nobody looks at. */
async function statistics(C: number) {
  const state = new Parameters(await testGpu(), 1);
  return { runningMean: state.buffer("mean", [C], 0), runningVar: state.buffer("var", [C], 1) };
}

describe("gradients", () => {
  test("batch norm with affine part", async () => {
    const running = await statistics(5);
    await gradcheck(await testGpu(), { x: [9, 5, 3, 3], weight: [5], bias: [5] }, (tape, { x, weight, bias }) =>
      batchNorm(tape, x!, { ...running, affine: { weight: weight!, bias: bias! } }),
    );
  });

  test("batch norm with ReLU", async () => {
    const running = await statistics(5);
    await gradcheck(
      await testGpu(),
      { x: [70, 5, 3], weight: [5], bias: [5] },
      (tape, { x, weight, bias }) => batchNorm(tape, x!, { ...running, affine: { weight: weight!, bias: bias! }, relu: true }),
      { eps: 1e-3, tolerance: 3e-2 }, // some outputs cross the kink at 0
    );
  });

  test("batch norm of [B, C] without affine part: the standardised head", async () => {
    const running = await statistics(7);
    await gradcheck(await testGpu(), { x: [33, 7] }, (tape, { x }) => batchNorm(tape, x!, running));
  });

  test("l2norm", async () => {
    await gradcheck(await testGpu(), { x: [9, 13] }, (tape, { x }) => l2norm(tape, x!));
  });

  test("cross-entropy", async () => {
    await gradcheck(await testGpu(), { x: [70, 11] }, (tape, { x }) => {
      const labels = new Parameters(tape.plan.gpu, 1).buffer("labels", [70], 0); // all 0 as u32 too
      return crossEntropy(tape, x!, new Tensor(labels.slot, [70], "u32"));
    });
  });
});

test("batch norm updates the running statistics as PyTorch does, and uses them in evaluation", async () => {
  const gpu = await testGpu();
  const [B, C, P] = [6, 3, 5];
  const random = sequence(5);
  const data = Float32Array.from({ length: B * C * P }, (_, i) => 100 * (Math.floor(i / P) % C) + random());
  const state = new Parameters(gpu, 1);
  const running = { runningMean: state.buffer("mean", [C], 0.5), runningVar: state.buffer("var", [C], 2) };
  const input = { x: { shape: [B, C, P], data } };
  const trained = await evaluate(gpu, input, (tape, { x }) => batchNorm(tape, x!, running), true);
  const found = await state.read();
  for (let c = 0; c < C; c++) {
    const values = Array.from(data).filter((_, i) => Math.floor(i / P) % C === c);
    const mean = values.reduce((a, v) => a + v, 0) / values.length;
    const squares = values.reduce((a, v) => a + (v - mean) ** 2, 0);
    expect(found.get("mean")!.data[c]! / (0.9 * 0.5 + 0.1 * mean)).toBeCloseTo(1, 5);
    expect(found.get("var")!.data[c]! / (0.9 * 2 + (0.1 * squares) / (values.length - 1))).toBeCloseTo(1, 4);
    const scale = 1 / Math.sqrt(squares / values.length + 1e-5);
    for (let b = 0; b < B; b++) expect(trained[(b * C + c) * P]!).toBeCloseTo((data[(b * C + c) * P]! - mean) * scale, 3);
  }
  const evaluated = await evaluate(gpu, input, (tape, { x }) => batchNorm(tape, x!, running), false);
  const [mean0, var0] = [found.get("mean")!.data[0]!, found.get("var")!.data[0]!];
  expect(evaluated[0]!).toBeCloseTo((data[0]! - mean0) / Math.sqrt(var0 + 1e-5), 5);
  expect((await state.read()).get("mean")!.data).toEqual(found.get("mean")!.data);
  state.destroy();
});

test("l2norm of a zero row is zero, and rows have length 1 at any scale", async () => {
  const data = Float32Array.of(0, 0, 0, 3e-8, 4e-8, 0, 3e8, 0, 4e8);
  const y = await evaluate(await testGpu(), { x: { shape: [3, 3], data } }, (tape, { x }) => l2norm(tape, x!));
  [0, 0, 0, 0.6, 0.8, 0, 0.6, 0, 0.8].forEach((v, i) => {
    expect(y[i]).toBeCloseTo(v, 6);
  });
});

test("cross-entropy of equal logits is ln C, and of certain ones exact where 1 - p would cancel", async () => {
  const labels = { shape: [2], data: Uint32Array.of(1, 0) };
  const equal = await evaluate(
    await testGpu(),
    { x: { shape: [2, 3], data: new Float32Array(6).fill(70) }, labels },
    (tape, { x, labels }) => crossEntropy(tape, x!, labels!),
  );
  expect(equal[0]).toBeCloseTo(Math.log(3), 6);
  const sure = await evaluate(
    await testGpu(),
    { x: { shape: [2, 3], data: Float32Array.of(0, 20, 0, 20, 0, 0) }, labels },
    (tape, { x, labels }) => crossEntropy(tape, x!, labels!),
  );
  expect(sure[0]! / Math.log1p(2 * Math.exp(-20))).toBeCloseTo(1, 4);
});

test("sizes that make no statistics are refused while recording", async () => {
  const plan = new Plan(await testGpu(), "refused");
  const tape = openTape(plan, true);
  const running = await statistics(4);
  expect(() => batchNorm(tape, tape.tensor([1, 4]), running)).toThrow("more than one value");
  expect(() => batchNorm(tape, tape.tensor([2, 5]), running)).toThrow("needs [5]");
  expect(() => l2norm(tape, tape.tensor([2, 5, 1]))).toThrow("expected [B, D]");
  expect(() => crossEntropy(tape, tape.tensor([2, 5]), tape.tensor([3], "u32"))).toThrow("expected [B, C] and [B]");
});

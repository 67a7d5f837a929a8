import { describe, expect, test } from "vitest";
import { ShapeError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { channelNorm } from "../../src/ops/channel_norm.ts";
import { type Conv1dOptions, conv1d } from "../../src/ops/conv1d.ts";
import { conv2d } from "../../src/ops/conv2d.ts";
import { maskTaps } from "../../src/ops/mask_taps.ts";
import { openTape } from "../../src/ops/tape.ts";
import { evaluate, gradcheck, sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

describe("gradients", () => {
  test("channelNorm", async () => {
    const inputs = { x: [2, 5, 7], weight: [5], bias: [5] };
    await gradcheck(await testGpu(), inputs, (tape, { x, weight, bias }) => channelNorm(tape, x!, { weight: weight!, bias: bias! }));
  });

  test("channelNorm with ReLU, away from its kink", async () => {
    const inputs = { x: [2, 4, 5], weight: [4], bias: [4] };
    // Outputs are beyond 0 whatever x is: |xhat| <= 1.5 with four channels, so a bias of 2 or -2 decides.
    const value = (name: string, i: number, random: () => number) =>
      name === "weight" ? 0.5 + 0.5 * random() : name === "bias" ? (i % 2 ? 2 : -2) : 2 * random() - 1;
    const options = { value, tolerance: 2e-2 };
    await gradcheck(
      await testGpu(),
      inputs,
      (t, { x, weight, bias }) => channelNorm(t, x!, { weight: weight!, bias: bias!, relu: true }),
      options,
    );
  });

  test.each<Conv1dOptions>([
    {},
    { stride: 3, padding: 2 },
    { padding: 4, paddingAfter: 0, dilation: 2 },
    { padding: 0, paddingAfter: 3, stride: 2 },
  ])("conv1d %o", async (options) => {
    const inputs = { x: [2, 3, 11], weight: [4, 3, 3], bias: [4] };
    await gradcheck(await testGpu(), inputs, (tape, { x, weight, bias }) => conv1d(tape, x!, weight!, { ...options, bias }));
  });

  test.each(["A", "B", "rows"] as const)("a convolution under mask %s", async (mask) => {
    await gradcheck(await testGpu(), { x: [2, 2, 4, 5], weight: [3, 2, 3, 3] }, (tape, { x, weight }) =>
      conv2d(tape, x!, maskTaps(tape, weight!, mask), { padding: 1 }),
    );
  });
});

test.each([
  [1, 0, 0, 1],
  [3, 2, 2, 1],
  [2, 1, 3, 2],
  [1, 4, 0, 2],
])("conv1d of stride %i, padding %i and %i, dilation %i is the sum that it should be", async (stride, padding, paddingAfter, dilation) => {
  const [B, I, T, O, K] = [2, 3, 12, 5, 3];
  const random = sequence(2);
  const numbers = (n: number) => Float32Array.from({ length: n }, () => 2 * random() - 1);
  const [x, w, bias] = [numbers(B * I * T), numbers(O * I * K), numbers(O)];
  const inputs = { x: { shape: [B, I, T], data: x }, w: { shape: [O, I, K], data: w }, bias: { shape: [O], data: bias } };
  const options = { stride, padding, paddingAfter, dilation };
  const got = await evaluate(await testGpu(), inputs, (tape, t) => conv1d(tape, t.x!, t.w!, { ...options, bias: t.bias }));
  const steps = Math.floor((T + padding + paddingAfter - dilation * (K - 1) - 1) / stride) + 1;
  expect(got).toHaveLength(B * O * steps);
  got.forEach((value, i) => {
    const [b, o, t] = [Math.floor(i / steps / O), Math.floor(i / steps) % O, i % steps];
    let expected = bias[o]!;
    for (let c = 0; c < I; c++)
      for (let k = 0; k < K; k++) {
        const at = t * stride + k * dilation - padding;
        if (at >= 0 && at < T) expected += x[(b * I + c) * T + at]! * w[(o * I + c) * K + k]!;
      }
    expect(value).toBeCloseTo(expected, 5);
  });
});

test("shapes that do not fit are refused while recording", async () => {
  const tape = openTape(new Plan(await testGpu(), "refused"), true);
  const norm = (shape: number[], C: number) => () =>
    channelNorm(tape, tape.tensor(shape), { weight: tape.tensor([C]), bias: tape.tensor([C]) });
  expect(norm([2, 1, 5], 1)).toThrow(/C of 2 or more/);
  expect(norm([2, 4, 5], 5)).toThrow(/expected \[4\]/);
  expect(() => conv1d(tape, tape.tensor([2, 3, 9]), tape.tensor([4, 2, 3]))).toThrow(ShapeError);
  expect(() => maskTaps(tape, tape.tensor([2, 3, 4, 4]), "A")).toThrow(/odd/);
});

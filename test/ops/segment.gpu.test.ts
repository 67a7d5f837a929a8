import { describe, expect, test } from "vitest";
import { Plan } from "../../src/gpu/plan.ts";
import { pixelCrossEntropy } from "../../src/ops/pixel_cross_entropy.ts";
import { resize } from "../../src/ops/resize.ts";
import { scale } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import { evaluate, gradcheck, sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";
import { constantLabels } from "../label_store.ts";

describe("gradients", () => {
  for (const size of [
    [7, 9],
    [12, 8],
    [2, 3],
  ] as const) {
    test(`resize from 3 x 4 to ${size.join(" x ")}`, async () => {
      await gradcheck(await testGpu(), { x: [2, 3, 3, 4] }, (tape, { x }) => resize(tape, x!, size));
    });
  }

  test("pixel cross-entropy, some pixels without label; scaled, so that the chain rule is seen", async () => {
    const gpu = await testGpu();
    const labels = constantLabels(gpu, [2, 3, 5], (i) => (i % 4 === 3 ? 0xffffffff : i % 3));
    await gradcheck(gpu, { x: [2, 3, 3, 5] }, (tape, { x }) => scale(tape, pixelCrossEntropy(tape, x!, labels.operand), 7));
    labels.store.destroy();
  });
});

test("the same size is left as it is; one pixel is repeated everywhere", async () => {
  const gpu = await testGpu();
  const x = { shape: [1, 2, 1, 1], data: Float32Array.of(3, -4) };
  expect([...(await evaluate(gpu, { x }, (tape, { x }) => resize(tape, x!, [2, 3])))]).toEqual([3, 3, 3, 3, 3, 3, -4, -4, -4, -4, -4, -4]);
  const tape = openTape(new Plan(gpu, "same"), true);
  const same = tape.tensor([1, 2, 3, 4]);
  expect(resize(tape, same, [3, 4])).toBe(same);
});

test("the loss is the mean over labelled pixels, whatever the others say; without any it is 0", async () => {
  const gpu = await testGpu();
  const random = sequence(5);
  const [B, C, P] = [3, 4, 10];
  const data = Float32Array.from({ length: B * C * P }, () => 10 * random() - 5);
  const label = Uint32Array.from({ length: B * P }, (_, i) => (i % 3 === 0 ? 4 + (i % 2) * 1e9 : i % 4));
  const x = { shape: [B, C, 2, 5], data };
  const loss = async (labels: Uint32Array) =>
    (
      await evaluate(gpu, { x, label: { shape: [B, 2, 5], data: labels } }, (tape, { x, label }) => pixelCrossEntropy(tape, x!, label!))
    )[0]!;
  let [sum, count] = [0, 0];
  label.forEach((own, i) => {
    if (own >= C) return;
    const logits = Array.from({ length: C }, (_, c) => data[(Math.floor(i / P) * C + c) * P + (i % P)]!);
    sum += Math.log(logits.reduce((total, v) => total + Math.exp(v), 0)) - logits[own]!;
    count++;
  });
  expect(count).toBe(20);
  expect(await loss(label)).toBeCloseTo(sum / count, 5);
  expect(await loss(label.map(() => 0xffffffff))).toBe(0);
});

test("sizes that do not match are refused while recording", async () => {
  const tape = openTape(new Plan(await testGpu(), "refused"), true);
  expect(() => resize(tape, tape.tensor([2, 3]), [4, 4])).toThrow("expected [B, C, H, W], got [2,3]");
  expect(() => resize(tape, tape.tensor([1, 1, 2, 2]), [0, 4])).toThrow("to 0 x 4");
  expect(() => pixelCrossEntropy(tape, tape.tensor([2, 3, 4, 5]), tape.tensor([2, 4, 4], "u32"))).toThrow(
    "expected [B, C, H, W] and [B, H, W]",
  );
});

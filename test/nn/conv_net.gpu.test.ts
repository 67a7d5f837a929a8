import { describe, expect, test } from "vitest";
import type { Tape } from "../../src/autograd.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { type ConvNetConfig, convNet } from "../../src/nn/encoders/conv_net.ts";
import { linearLayer } from "../../src/nn/layers.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { crossEntropy } from "../../src/ops/cross_entropy.ts";
import { sum } from "../../src/ops/reduce.ts";
import { scale } from "../../src/ops/scale.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Sgd } from "../../src/optim/sgd.ts";
import { Tensor } from "../../src/tensor.ts";
import { gradcheck, sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const tiny: Partial<ConvNetConfig> = { height: 9, width: 8, blocks: [5, 6], dim: 7 };

/** Records encoder, classifier, loss, gradients and update: the plan and what goes in and out. */
function record(parameters: Parameters, batch: number, options: Partial<ConvNetConfig>) {
  const plan = new Plan(parameters.gpu, "step");
  const encoder = convNet(parameters, options);
  const classify = linearLayer(parameters, "classifier", encoder.dim, 4);
  const sgd = new Sgd(parameters, { momentum: 0.9, weightDecay: 1e-4 });
  const tape = openTape(plan, true);
  const images = plan.input("images", [batch, ...encoder.input]);
  const labels = plan.input("labels", [batch], "u32");
  const features = encoder.forward(tape, new Tensor(images.slot, images.shape));
  // Unit rows make small logits: a temperature of 0.1, as in the papers, lets the loss reach 0.
  const loss = plan.keep(crossEntropy(tape, scale(tape, classify(tape, features), 10), labels));
  tape.backward(loss);
  parameters.collect(tape);
  sgd.step(plan);
  return { plan, images, labels, loss, sgd };
}

describe("convNet", () => {
  for (const head of ["plain", "standardised"] as const) {
    test(`gradients, ${head} head`, async () => {
      const gpu = await testGpu();
      const shapes: Record<string, number[]> = { images: [6, 1, 9, 8] };
      const probe = new Parameters(gpu, 3);
      convNet(probe, { ...tiny, head });
      for (const [name, { shape }] of probe.tensors()) shapes[name] = [...shape];
      const values = await probe.read();
      await gradcheck(gpu, shapes, (tape: Tape, x) => convNet(given(x), { ...tiny, head }).forward(tape, x.images!), {
        eps: 3e-5,
        tolerance: 2e-2, // larger steps push ReLUs over their kink
        value: (name, i, random) => values.get(name)?.data[i] ?? random(),
      });
      probe.destroy();
    });

    test(`unit rows from the running statistics too, ${head} head`, async () => {
      const parameters = new Parameters(await testGpu(), 3);
      const encoder = convNet(parameters, { ...tiny, head });
      const plan = new Plan(parameters.gpu, "evaluate");
      const images = plan.input("images", [5, ...encoder.input]);
      const features = plan.keep(encoder.forward(openTape(plan, false), new Tensor(images.slot, images.shape)));
      await plan.open();
      const random = sequence(3);
      plan.run(undefined, [[images, Float32Array.from({ length: 5 * 72 }, random)]]);
      const rows = await plan.read(features);
      for (let b = 0; b < 5; b++) expect(Math.hypot(...rows.subarray(b * 7, b * 7 + 7))).toBeCloseTo(1, 5);
      plan.close();
      parameters.destroy();
    });
  }

  test("learns a toy problem by heart: the cross-entropy of 16 images goes to nearly 0", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    const { plan, images, labels, loss, sgd } = record(parameters, 16, { ...tiny, blocks: [8, 8], dim: 16, head: "standardised" });
    await plan.open();
    const random = sequence(11);
    const x = Float32Array.from({ length: 16 * 72 }, random);
    const y = Uint32Array.from({ length: 16 }, (_, i) => i % 4);
    const losses: number[] = [];
    for (let step = 0; step < 60; step++) {
      plan.run({ seed: 1, step, epoch: 0, rate: 0.1 }, [
        [images, x],
        [labels, y],
      ]);
      if (step % 59 === 0) losses.push((await plan.read(loss))[0]!);
    }
    expect(losses[0]).toBeGreaterThan(0.7);
    expect(losses[1]).toBeLessThan(0.02);
    plan.close();
    sgd.destroy();
    parameters.destroy();
  });

  test("a step of the MNIST encoder, forward, backward and SGD, is 41 launches", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    const encoder = convNet(parameters, { head: "standardised" });
    const sgd = new Sgd(parameters);
    const plan = new Plan(parameters.gpu, "step");
    const tape = openTape(plan, true);
    const features = encoder.forward(tape, tape.tensor([128, 1, 28, 28]));
    expect(plan.launches.length).toBe(17); // 3 convolutions, 4 batch norms of 3, linear, L2 norm
    const loss = sum(tape, features);
    const before = plan.launches.length;
    tape.backward(loss);
    parameters.collect(tape);
    sgd.step(plan);
    // L2 norm 1, 4 batch norms of 3, linear 2, convolutions 3 x (weight 2) + 2 inputs, SGD 1; and the gradient of the sum
    expect(plan.launches.length - before).toBe(24 + 1);
  });

  test("maps are those that the features are made of: one a block", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    const encoder = convNet(parameters, { ...tiny });
    const plan = new Plan(parameters.gpu, "maps");
    const tape = openTape(plan, false);
    const maps = encoder.maps(tape, tape.tensor([3, 1, 9, 8]));
    expect(maps.map(({ shape }) => shape)).toEqual([
      [3, 5, 5, 4],
      [3, 6, 3, 2],
    ]);
    const blocks = plan.launches.length;
    encoder.forward(tape, tape.tensor([3, 1, 9, 8]));
    // A second time, then flatten (none), linear with bias (2) and the L2 norm (1).
    expect(plan.launches.length).toBe(2 * blocks + 3);
    expect(() => encoder.maps(tape, tape.tensor([3, 1, 8, 8]))).toThrow("convNet: expected [B, 1, 9, 8], got [3,1,8,8]");
    parameters.destroy();
  });

  test("names and shapes are PyTorch's", async () => {
    const parameters = new Parameters(await testGpu(), 1);
    convNet(parameters, { blocks: [16, 32], dim: 8, head: "standardised", prefix: "left" });
    expect(Object.fromEntries([...parameters.named()].map(([name, { shape }]) => [name, shape.join("x")]))).toEqual({
      "left.blocks.0.conv.weight": "16x1x3x3",
      "left.blocks.0.norm.weight": "16",
      "left.blocks.0.norm.bias": "16",
      "left.blocks.0.norm.running_mean": "16",
      "left.blocks.0.norm.running_var": "16",
      "left.blocks.1.conv.weight": "32x16x3x3",
      "left.blocks.1.norm.weight": "32",
      "left.blocks.1.norm.bias": "32",
      "left.blocks.1.norm.running_mean": "32",
      "left.blocks.1.norm.running_var": "32",
      "left.head.weight": "8x1568",
      "left.head_norm.running_mean": "8",
      "left.head_norm.running_var": "8",
    });
  });

  test("refuses what makes no network", async () => {
    const make = async (options: object) => convNet(new Parameters(await testGpu(), 1), options);
    await expect(make({ depth: 3 })).rejects.toThrow('unknown option "depth"');
    await expect(make({ blocks: [] })).rejects.toThrow("blocks");
    await expect(make({ blocks: [16, 0] })).rejects.toThrow("convNet: blocks");
    await expect(make({ head: "projection" })).rejects.toThrow("plain, standardised");
    await expect(make({ stride: 0.5 })).rejects.toThrow("convNet: stride");
  });
});

/** Parameters that hand out tensors made elsewhere: gradcheck makes its own. */
function given(tensors: { readonly [name: string]: Tensor }): Parameters {
  const gpu = [...Object.values(tensors)][0]!.slot.home!.store.gpu;
  const parameters = new Parameters(gpu, 1);
  parameters.add = (name) => tensors[name]!;
  return parameters;
}

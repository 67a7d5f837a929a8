import { expect, test } from "vitest";
import { FrozenEncoder } from "../../src/host/frozen_encoder.ts";
import type { Weights } from "../../src/train/weights.ts";
import { testGpu } from "../host.ts";
import { shapesData } from "../train/shapes.ts";

const gpu = await testGpu();

test("weights trained with activations in halves are read on any device: where it has none, with those of f32", async () => {
  const { test: images } = shapesData();
  const features = async (activations: string) => {
    const encoder = { name: "convnet", blocks: [4, 8], dim: 8, activations };
    const weights: Weights = { encoder, view: { kind: "plain" }, values: new Map(), config: undefined, of: undefined };
    const frozen = await FrozenEncoder.open(gpu, weights, "weights", images, true);
    try {
      return (await frozen.features(images)).data;
    } finally {
      frozen.close();
    }
  };
  const [f32, f16] = [await features("f32"), await features("f16")];
  const off = Math.max(...f32.map((value, i) => Math.abs(value - (f16[i] ?? Number.NaN))));
  expect(off).toBeLessThan(0.01);
  expect(off > 0).toBe(gpu.features.has("shader-f16"));
});

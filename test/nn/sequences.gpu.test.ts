import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { CONTEXTS, contextLayer, GRID_CONTEXTS, gridContext, pixelContext } from "../../src/nn/context.ts";
import { AUDIO_NORMS, audioEncoder, audioFrames } from "../../src/nn/encoders/audio.ts";
import type { Layer } from "../../src/nn/layer.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { frame } from "../../src/ops/frame.ts";
import { sum } from "../../src/ops/reduce.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

/** Which outputs change when one input does. Both have positions in reading order, `inner` numbers each unless channels come first. */
async function reach(make: (parameters: Parameters) => Layer, shape: readonly number[], changed: readonly number[]): Promise<boolean[]> {
  const parameters = new Parameters(await testGpu(), 4);
  const layer = make(parameters);
  const plan = new Plan(parameters.gpu, "reach");
  const tape = openTape(plan, false);
  const x = tape.input("x", shape);
  const y = plan.keep(layer(tape, x));
  await plan.open();
  const random = sequence(6);
  const data = Float32Array.from({ length: x.size }, () => 2 * random() - 1);
  const run = async (numbers: Float32Array) => {
    plan.run(undefined, [[x, numbers]]);
    return Array.from(await plan.read(y));
  };
  const before = await run(data);
  const after = await run(data.map((v, i) => (changed.includes(i) ? v + 1 : v)));
  plan.close();
  parameters.destroy();
  return before.map((v, i) => v !== after[i]);
}

describe("contexts are made of the past (trap 28)", () => {
  test.each(CONTEXTS)("%s: a frame changes the contexts from its own on, and no other sequence", async (kind) => {
    const [T, D, H, at] = [7, 3, 4, 3];
    const frame = Array.from({ length: D }, (_, d) => at * D + d); // of the first of two sequences
    const changed = await reach((parameters) => contextLayer(parameters, "context", kind, D, H), [2, T, D], frame);
    const steps = Array.from({ length: 2 * T }, (_, i) => changed.slice(i * H, (i + 1) * H).some(Boolean));
    expect(steps).toEqual(Array.from({ length: 2 * T }, (_, i) => i >= at && i < T));
  });

  test.each(["A", "B"] as const)(
    "PixelCNN with mask %s: nothing from below, from the right, or (A) from the pixel itself",
    async (first) => {
      const [H, W, y, x] = [4, 5, 1, 2];
      const changed = await reach(
        (parameters) => pixelContext(parameters, "context", 1, 2, { layers: 2, first }),
        [1, 1, H, W],
        [y * W + x],
      );
      const seen = Array.from({ length: H * W }, (_, i) => changed[i] || changed[H * W + i]);
      const own = y * W + x;
      seen.forEach((value, i) => {
        if (i < own || (i === own && first === "A")) expect(value, `pixel ${i}`).toBe(false);
      });
      expect(seen[own]).toBe(first === "B");
      expect(seen[own + 1]).toBe(true);
      expect(seen[own + W]).toBe(true);
    },
  );
});

describe("contexts of a grid are made of nothing below (trap 28)", () => {
  const [rows, columns, D, H] = [4, 3, 2, 5];

  test.each(GRID_CONTEXTS)("%s: a latent changes no context of a row above, nor of another image", async (kind) => {
    const [y, x] = [1, 1];
    const cell = (y * columns + x) * D;
    const make = (parameters: Parameters) => gridContext(parameters, "context", kind, D, H, { rows, columns });
    const changed = await reach(make, [2, rows * columns, D], [cell, cell + 1]);
    const cells = Array.from({ length: 2 * rows * columns }, (_, i) => changed.slice(i * H, (i + 1) * H).some(Boolean));
    const seen = (dy: number, dx: number) => cells[(y + dy) * columns + x + dx];
    expect(cells.slice(0, y * columns)).toEqual(Array(y * columns).fill(false));
    expect(cells.slice(rows * columns)).toEqual(Array(rows * columns).fill(false));
    expect([seen(0, 0), seen(1, 0), seen(2, 0)]).toEqual([true, true, true]); // its own, and those below it
    expect(seen(0, 1)).toBe(kind !== "gru");
    expect(seen(0, -1)).toBe(kind === "rows");
    expect(seen(1, -1)).toBe(kind !== "gru");
  });

  test.each(GRID_CONTEXTS)("%s: no gradient comes back from a row to those below it", async (kind) => {
    const parameters = new Parameters(await testGpu(), 4);
    const layer = gridContext(parameters, "context", kind, D, H, { rows, columns });
    const plan = new Plan(parameters.gpu, "gradient");
    const tape = openTape(plan, true);
    const { slot } = plan.input("x", [1, rows * columns, D]);
    const x = new Tensor(slot, [1, rows * columns, D]);
    x.requiresGrad = true;
    const y = 2;
    tape.backward(sum(tape, frame(tape, layer(tape, x), y * columns + 1)));
    const gradient = plan.keep(tape.gradient(x) as Tensor);
    await plan.open();
    const random = sequence(6);
    plan.run(undefined, [[x, Float32Array.from({ length: x.size }, () => 2 * random() - 1)]]);
    const found = Array.from(await plan.read(gradient));
    plan.close();
    parameters.destroy();
    const row = (r: number) => found.slice(r * columns * D, (r + 1) * columns * D);
    for (const r of [0, 1, y]) expect(row(r).some((v) => v !== 0)).toBe(true);
    expect(row(y + 1).every((v) => v === 0)).toBe(true);
  });
});

describe("audio encoder", () => {
  test("20,480 samples are 128 frames of 160", () => {
    expect(audioFrames(20_480)).toBe(128);
    expect(audioFrames(3200)).toBe(20);
    expect(() => audioFrames(1)).toThrow(UsageError);
  });

  test.each(AUDIO_NORMS)("norm %s: latents [B, T, D], and a gradient for every parameter", async (norm) => {
    const parameters = new Parameters(await testGpu(), 2);
    const encoder = audioEncoder(parameters, { samples: 800, width: 6, norm });
    expect(encoder.frames).toBe(5);
    expect(parameters.named().get("conv1.weight")?.shape).toEqual([6, 6, 8]);
    expect(parameters.named().has("conv0.bias")).toBe(norm !== "batch");
    const plan = new Plan(parameters.gpu, norm);
    const tape = openTape(plan, true);
    const x = tape.input("x", [2, 800]);
    const z = plan.keep(encoder.forward(tape, x));
    expect(z.shape).toEqual([2, 5, 6]);
    tape.backward(sum(tape, z));
    parameters.collect(tape);
    await plan.open();
    const random = sequence(3);
    plan.run(undefined, [[x, Float32Array.from({ length: x.size }, () => 2 * random() - 1)]]);
    const latents = Array.from(await plan.read(z));
    expect(latents.every((v) => Number.isFinite(v) && v >= 0)).toBe(true);
    expect(latents.some((v) => v > 0)).toBe(true);
    for (const [name, { slot, store }] of parameters.namedGradients()) {
      const gradient = Array.from(await store.read(slot, "f32"));
      expect(gradient.every(Number.isFinite) && gradient.some((v) => v !== 0), `gradient of ${name}`).toBe(true);
    }
    plan.close();
    parameters.destroy();
  });

  test.each(["channel", "none"] as const)(
    "norm %s: a sequence has the same latents whatever else is in the batch (trap 31)",
    async (norm) => {
      const second = Array.from({ length: 800 }, (_, i) => 800 + i);
      const make = (parameters: Parameters): Layer => {
        const encoder = audioEncoder(parameters, { samples: 800, width: 4, norm });
        return (tape, x) => encoder.forward(tape, x);
      };
      const changed = await reach(make, [2, 800], second);
      expect(changed.slice(0, 20).some(Boolean)).toBe(false);
      expect(changed.slice(20).some(Boolean)).toBe(true);
    },
  );

  test.each([
    [{ norm: "layer" }, /norm: expected one of channel, batch, none/],
    [{ width: 1 }, /width/],
    [{ sampels: 3 }, /unknown option "sampels"/],
    [{ samples: 159 }, /samples of a window: expected an integer of 160 or more, got 159/],
  ])("refuses %o", async (options, message) => {
    const parameters = new Parameters(await testGpu(), 2);
    expect(() => audioEncoder(parameters, options as object)).toThrow(message);
  });
});

import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { GRID_CONTEXTS } from "../../src/nn/context.ts";
import { PATCH_NORMS, type PatchNetConfig, patchNet } from "../../src/nn/encoders/patch_net.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { add } from "../../src/ops/add.ts";
import { patchGrid } from "../../src/ops/patch_grid.ts";
import { sum } from "../../src/ops/reduce.ts";
import { openTape } from "../../src/ops/tape.ts";
import { Tensor } from "../../src/tensor.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

/** Patches of 4 pixels, 2 apart: a grid of 4 x 3, and a column of pixels left over. */
const tiny: Partial<PatchNetConfig> = { channels: 2, height: 10, width: 9, patch: 4, step: 2, blocks: [4, 8], units: 6, layers: 2 };
const images = (seed: number, n: number) => {
  const random = sequence(seed);
  return Float32Array.from({ length: n }, () => 2 * random() - 1);
};

/** Latents, contexts and features of two images, before and after `change`. */
async function both(options: Partial<PatchNetConfig>, change: (i: number) => boolean) {
  const parameters = new Parameters(await testGpu(), 3);
  const encoder = patchNet(parameters, { ...tiny, ...options });
  const plan = new Plan(parameters.gpu, "patches");
  const tape = openTape(plan, false);
  const x = tape.input("x", [2, ...encoder.input]);
  const { latents, context } = encoder.grid(tape, x);
  const kept = [latents, context, encoder.forward(tape, x)].map((tensor) => plan.keep(tensor));
  await plan.open();
  const run = async (data: Float32Array) => {
    plan.run(undefined, [[x, data]]);
    const read: number[][] = [];
    for (const tensor of kept) read.push(Array.from(await plan.read(tensor)));
    return read;
  };
  const data = images(5, x.size);
  const [before, after] = [await run(data), await run(data.map((v, i) => (change(i) ? v + 1 : v)))];
  const changed = before.map((values, k) => values.map((v, i) => v !== after[k]?.[i]));
  plan.close();
  parameters.destroy();
  return { encoder, before, changed };
}

describe("patchNet", () => {
  test.each(GRID_CONTEXTS)("%s: pixels below a row of patches change neither its latents nor its contexts", async (context) => {
    // Row 8 of the first image: only the last row of patches (pixels 6 to 9) has it.
    const { encoder, changed } = await both({ context }, (i) => i < 180 && Math.floor(i / 9) % 10 === 8);
    expect([encoder.rows, encoder.columns, encoder.dim, encoder.units]).toEqual([4, 3, 8, 6]);
    const rowsOf = (values: boolean[] = [], D: number) =>
      Array.from({ length: 8 }, (_, row) => values.slice(row * 3 * D, (row + 1) * 3 * D).some(Boolean));
    const last = [false, false, false, true, false, false, false, false];
    expect(rowsOf(changed[0], 8)).toEqual(last);
    expect(rowsOf(changed[1], 6)).toEqual(last);
    expect(changed[2]?.slice(0, 8).some(Boolean)).toBe(true); // its feature is of all patches
    expect(changed[2]?.slice(8).some(Boolean)).toBe(false);
  });

  test("the feature is the mean of the latents as a unit row", async () => {
    const { before } = await both({}, () => false);
    const [latents = [], , features = []] = before;
    for (const image of [0, 1]) {
      const mean = Array.from({ length: 8 }, (_, d) => Array.from({ length: 12 }, (_, t) => latents[(image * 12 + t) * 8 + d]!));
      const sums = mean.map((values) => values.reduce((a, b) => a + b, 0));
      const length = Math.hypot(...sums);
      sums.forEach((v, d) => {
        expect(features[image * 8 + d]).toBeCloseTo(v / length, 5);
      });
    }
  });

  test.each(PATCH_NORMS)("norm %s: every parameter has a gradient", async (norm) => {
    const parameters = new Parameters(await testGpu(), 2);
    const encoder = patchNet(parameters, { ...tiny, norm });
    const plan = new Plan(parameters.gpu, norm);
    const tape = openTape(plan, true);
    const x = tape.input("x", [3, ...encoder.input]);
    const { latents, context } = encoder.grid(tape, x);
    tape.backward(add(tape, sum(tape, latents), sum(tape, context)));
    parameters.collect(tape);
    await plan.open();
    plan.run(undefined, [[x, images(4, x.size)]]);
    for (const [name, { slot, store }] of parameters.namedGradients()) {
      const gradient = Array.from(await store.read(slot, "f32"));
      expect(gradient.every(Number.isFinite) && gradient.some((v) => v !== 0), `gradient of ${name}`).toBe(true);
    }
    expect(parameters.named().get("blocks.1.conv.weight")?.shape).toEqual([8, 4, 3, 3]);
    plan.close();
    parameters.destroy();
  });

  test.each<[object, RegExp]>([
    [{ blocks: [4, 6] }, /blocks: the last must be a multiple of 4, got 6/],
    [{ blocks: [] }, /blocks must be a list/],
    [{ patch: 16 }, /patches of 16 pixels do not fit images of 10 x 9/],
    [{ step: 0 }, /step: expected an integer of 1 or more/],
    [{ norm: "batch" }, /norm: expected one of channel, none/],
    [{ context: "lstm" }, /context: expected one of pixel, rows, gru/],
    [{ pach: 4 }, /unknown option "pach"/],
  ])("refuses %o", async (options, message) => {
    const parameters = new Parameters(await testGpu(), 2);
    expect(() => patchNet(parameters, { ...tiny, ...options })).toThrow(UsageError);
    expect(() => patchNet(parameters, { ...tiny, ...options })).toThrow(message);
  });
});

test("patchGrid refuses patches that do not fit, and an input that wants a gradient", async () => {
  const plan = new Plan(await testGpu(), "patches");
  const tape = openTape(plan, true);
  const x = tape.input("x", [1, 1, 4, 4]);
  expect(() => patchGrid(tape, x, { size: 5, stride: 1 })).toThrow(/patches of 5 pixels, 1 apart, do not fit 4 x 4/);
  const learned = new Tensor(x.slot, x.shape);
  learned.requiresGrad = true;
  expect(() => patchGrid(tape, learned, { size: 2, stride: 1 })).toThrow(/gives no gradient/);
});

import { describe, expect, test } from "vitest";
import { imageDataset } from "../../src/data/images.ts";
import type { View } from "../../src/data/views/common.ts";
import { makeResident } from "../../src/data/views/resident.ts";
import { evaluationView, makeView, type ViewConfig } from "../../src/data/views/view.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { openTape } from "../../src/ops/tape.ts";
import { testGpu } from "../host.ts";

/** N images of C x H x W bytes, every pixel its own value. */
const images = (N: number, C: number, H: number, W: number) =>
  imageDataset({
    name: "test",
    channels: C,
    height: H,
    width: W,
    pixels: Uint8Array.from({ length: N * C * H * W }, (_, i) => (i * 37 + (i >> 8)) % 256),
  });

const data = images(6, 3, 9, 7);

/** The view of images `index` at a step. */
async function look(view: View, index: number[], { step = 0, seed = 1, number = 0, of = data } = {}): Promise<Float32Array> {
  const gpu = await testGpu();
  const resident = makeResident(gpu, of);
  const plan = new Plan(gpu, "view");
  const ids = plan.input("index", [index.length], "u32");
  const out = plan.keep(view(openTape(plan, true), resident, ids, number));
  await plan.open();
  plan.run({ seed, step, epoch: 0, rate: 0 }, [[ids, Uint32Array.from(index)]]);
  try {
    return (await plan.read(out)) as Float32Array;
  } finally {
    plan.close();
    resident.store.destroy();
  }
}

const size = 3 * 9 * 7;
const pixelsOf = (i: number) => Float32Array.from(data.pixels().subarray(i * size, (i + 1) * size), (byte) => byte / 255);
const near = (got: Float32Array, expected: Float32Array, error = 1e-6) => {
  expect(got.length).toBe(expected.length);
  got.forEach((v, i) => {
    expect(Math.abs(v - expected[i]!), `element ${i}`).toBeLessThan(error);
  });
};

describe("plain view", () => {
  test("bytes / 255, and (x - mean) / std channel by channel", async () => {
    near(await look(makeView({ kind: "plain" }), [4]), pixelsOf(4));
    const [mean, std] = [
      [0.1, 0.5, 0.9],
      [1, 2, 0.5],
    ] as const;
    const expected = pixelsOf(2).map((v, i) => (v - mean[Math.floor(i / 63)]!) / std[Math.floor(i / 63)]!);
    near(await look(makeView({ kind: "plain", normalise: { mean, std } }), [2]), expected, 3e-6);
  });

  test("resized: a constant image stays constant, and a size of the image's own changes nothing", async () => {
    const flat = imageDataset({ name: "flat", channels: 1, height: 5, width: 8, pixels: new Uint8Array(40).fill(51) });
    near(await look(makeView({ kind: "plain", size: [11, 3] }), [0], { of: flat }), new Float32Array(33).fill(0.2));
    near(await look(makeView({ kind: "plain", size: [9, 7] }), [1]), pixelsOf(1));
  });
});

describe.each<[ViewConfig]>([[{ kind: "affine" }], [{ kind: "crop" }]])("%j", (config) => {
  const view = makeView(config);

  test("depends on (seed, step, sample, number) and on nothing else", async () => {
    const [one, other] = [await look(view, [3]), await look(view, [0, 3, 3])];
    expect(other.subarray(size, 2 * size)).toEqual(one);
    expect(other.subarray(2 * size)).toEqual(one);
    for (const change of [{ step: 1 }, { seed: 2 }, { number: 1 }]) expect(await look(view, [3], change)).not.toEqual(one);
  });

  test("normalisation comes after sampling", async () => {
    const plain = await look(view, [1, 5]);
    const normalised = await look(makeView({ ...config, normalise: { mean: 0.25, std: 0.5 } }), [1, 5]);
    near(
      normalised,
      plain.map((v) => (v - 0.25) / 0.5),
      1e-5,
    );
  });

  test("what evaluation sees of it is the plain image", async () => {
    near(await look(evaluationView(config), [5], { step: 9 }), pixelsOf(5));
  });
});

test("ranges of nothing leave the image as it is", async () => {
  near(await look(makeView({ kind: "affine", rotation: 0, scale: 0, shear: 0, shift: 0 }), [2]), pixelsOf(2), 1e-5);
  const whole: ViewConfig = { kind: "crop", area: [1, 1], aspect: [7 / 9, 7 / 9], flip: 0 };
  near(await look(makeView(whole), [2]), pixelsOf(2), 1e-5);
  const expected = pixelsOf(2).map((_, i) => pixelsOf(2)[i - (i % 7) + 6 - (i % 7)]!);
  near(await look(makeView({ ...whole, flip: 1 }), [2]), expected, 1e-5);
  near(await look(makeView({ kind: "affine", rotation: 0, scale: 0, shear: 0, shift: 0, flip: 1 }), [2]), expected, 1e-5);
});

test("crops resize to a size of their own", async () => {
  expect((await look(makeView({ kind: "crop", size: [4, 5] }), [0, 1])).length).toBe(2 * 3 * 4 * 5);
  expect((await look(evaluationView({ kind: "crop", size: [4, 5] }), [0])).length).toBe(3 * 4 * 5);
});

describe("what makes no view", () => {
  test.each<[object, RegExp]>([
    [{ kind: "blur" }, /unknown kind "blur"/],
    [{ kind: "affine", rotate: 1 }, /unknown option "rotate"/],
    [{ kind: "affine", rotation: 4 }, /rotation/],
    [{ kind: "affine", scale: 1 }, /scale/],
    [{ kind: "affine", shift: -0.1 }, /shift/],
    [{ kind: "affine", flip: 1.5 }, /flip/],
    [{ kind: "affine", outside: "white" }, /outside: expected one of black, edge/],
    [{ kind: "crop", area: [0, 1] }, /area/],
    [{ kind: "crop", area: [0.5, 0.2] }, /low <= high/],
    [{ kind: "crop", flip: 2 }, /flip/],
    [{ kind: "crop", size: [0, 3] }, /size/],
    [{ kind: "plain", size: [3] }, /height, width/],
    [{ kind: "plain", normalise: { mean: 0, std: 0 } }, /std/],
  ])("%j", (config, message) => {
    expect(() => makeView(config as ViewConfig)).toThrow(message);
  });

  test("normalisation for another number of channels, a number that is no view, an index that is no index", async () => {
    await expect(look(makeView({ kind: "plain", normalise: { mean: [0, 0], std: 1 } }), [0])).rejects.toThrow(
      /2 values for images of 3 channels/,
    );
    await expect(look(makeView({ kind: "affine" }), [0], { number: -1 })).rejects.toThrow(/number/);
    const gpu = await testGpu();
    const plan = new Plan(gpu, "bad");
    const ids = plan.input("index", [2, 2], "u32");
    expect(() => makeView({ kind: "plain" })(openTape(plan, true), makeResident(gpu, data), ids)).toThrow(/index must be u32 \[B\]/);
    plan.close();
  });
});

test("residency refuses pixels that are not the images", async () => {
  const gpu = await testGpu();
  expect(() => makeResident(gpu, { ...data, pixels: () => new Uint8Array(7) })).toThrow(/expected 1134 pixels for 6 images, got 7/);
});

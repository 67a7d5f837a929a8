import { describe, expect, test } from "vitest";
import { imageDataset } from "../../src/data/images.ts";
import { makeResident } from "../../src/data/views/resident.ts";
import { makeView, type ViewConfig } from "../../src/data/views/view.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { openTape } from "../../src/ops/tape.ts";
import { testGpu } from "../host.ts";
import { blurredPlane, drawChange, drawSigma, permutation, type Rgb, recoloured } from "./reference.ts";

const [H, W] = [9, 7];
const images = (C: number) =>
  imageDataset({
    name: "test",
    channels: C,
    height: H,
    width: W,
    pixels: Uint8Array.from({ length: 6 * C * H * W }, (_, i) => (i * 37 + (i >> 8)) % 256),
  });
const step = { seed: 4, step: 3, epoch: 0, rate: 0 };
const index = [0, 5, 2, 3];

async function look(config: ViewConfig, { number = 0, channels = 3 } = {}): Promise<{ view: Float32Array; launches: number }> {
  const resident = makeResident(await testGpu(), images(channels));
  const plan = new Plan(await testGpu(), "view");
  try {
    const ids = plan.input("index", [index.length], "u32");
    const out = plan.keep(makeView(config)(openTape(plan, true), resident, ids, number));
    await plan.open();
    plan.run(step, [[ids, Uint32Array.from(index)]]);
    return { view: (await plan.read(out)) as Float32Array, launches: plan.launches.length };
  } finally {
    plan.close();
    resident.store.destroy();
  }
}

const crop = { kind: "crop", area: [0.3, 1] } as const;
const affine = { kind: "affine", outside: "edge" } as const;
const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.4, p: 0.8 };
const blur = { kernel: 5, p: 0.5 };
const normalise = { mean: [0.4, 0.5, 0.6], std: [0.2, 0.25, 0.5] } as const;

describe.each([
  ["jitter-gray", crop],
  ["gray-jitter", crop],
  ["jitter-gray", affine],
] as const)("%s after %o", (order, map) => {
  test.each([0, 1, 2])("colours, blur, normalisation of view %i are the reference's", async (number) => {
    const plain = await look(map, { number });
    const { view, launches } = await look({ ...map, jitter, grayscale: 0.2, order, blur, normalise }, { number });
    expect([plain.launches, launches]).toEqual([1, 4]);
    const params = { number, ...jitter, jitter: jitter.p, grey: 0.2, blur: 0.5, sigma0: 0.1, sigma1: 2 };
    index.forEach((id, b) => {
      const at = (c: number, i: number): number => (b * 3 + c) * H * W + i;
      const pixels = Array.from({ length: H * W }, (_, i): Rgb => [plain.view[at(0, i)]!, plain.view[at(1, i)]!, plain.view[at(2, i)]!]);
      const colours = recoloured(pixels, drawChange(step, id, params), order === "gray-jitter");
      const sigma = drawSigma(step, id, params);
      for (let c = 0; c < 3; c++) {
        const across = blurredPlane(
          colours.map((v) => v[c]!),
          [H, W],
          false,
          2,
          sigma,
        );
        blurredPlane(across, [H, W], true, 2, sigma).forEach((v, i) => {
          expect(Math.abs(view[at(c, i)]! - (v - normalise.mean[c]!) / normalise.std[c]!)).toBeLessThan(2e-5);
        });
      }
    });
  });
});

test("what is off costs no launch and changes nothing", async () => {
  const off = await look({ ...crop, jitter: { ...jitter, p: 0 }, grayscale: 0, blur: { kernel: 3, p: 0 } });
  expect(off).toEqual(await look(crop));
  expect((await look({ ...crop, jitter, grayscale: 0.2, normalise })).launches).toBe(2);
});

test("each of the 24 orders is drawn", () => {
  expect(new Set(Array.from({ length: 24 }, (_, code) => permutation(code).join(""))).size).toBe(24);
  const params = { number: 0, ...jitter, jitter: 1, grey: 0 };
  const drawn = Array.from({ length: 400 }, (_, b) => drawChange({ ...step, seed: 3, step: 0 }, 7 * b, params).order.join(""));
  expect(new Set(drawn).size).toBe(24); // the seed, step and samples of the first case of coloured_view
});

test.each<[object, RegExp]>([
  [{ jitter: { colour: 1 } }, /unknown option "colour"/],
  [{ jitter: { hue: 0.6 } }, /jitter.hue/],
  [{ jitter: { contrast: -1 } }, /jitter.contrast/],
  [{ jitter: { p: 2 } }, /jitter.p/],
  [{ grayscale: -0.1 }, /grayscale/],
  [{ order: "gray" }, /order: expected one of jitter-gray, gray-jitter/],
  [{ blur: { kernel: 4 } }, /odd/],
  [{ blur: {} }, /blur.kernel/],
  [{ blur: { kernel: 3, sigma: [2, 1] } }, /low <= high/],
  [{ blur: { kernel: 3, sigma: [0, 1] } }, /sigma/],
])("%j is refused", (options, message) => {
  expect(() => makeView({ kind: "crop", ...options } as ViewConfig)).toThrow(message);
});

test("images that have no colour to change, and blurs wider than the view", async () => {
  await expect(look({ kind: "crop", jitter: { saturation: 1 } }, { channels: 1 })).rejects.toThrow(/no colour, so that jitter.saturation/);
  await expect(look({ kind: "crop", jitter: { hue: 0.1 } }, { channels: 1 })).rejects.toThrow(/jitter.hue/);
  await expect(look({ kind: "crop", grayscale: 1 }, { channels: 1 })).rejects.toThrow(/grayscale/);
  await expect(look({ kind: "crop", jitter }, { channels: 2 })).rejects.toThrow(/images of 2 channels/);
  await expect(look({ kind: "crop", blur: { kernel: 15 } })).rejects.toThrow(/reaches beyond/);
  expect((await look({ kind: "crop", jitter: { brightness: 0.4, contrast: 0.4 } }, { channels: 1 })).launches).toBe(2);
});

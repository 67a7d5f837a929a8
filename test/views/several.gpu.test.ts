import { describe, expect, test } from "vitest";
import { type ImageDataset, imageDataset } from "../../src/data/images.ts";
import { multiViewDataset } from "../../src/data/multi_view.ts";
import { makeResident } from "../../src/data/views/resident.ts";
import type { ViewConfig } from "../../src/data/views/view.ts";
import { makeViews, type ViewsOption } from "../../src/data/views/views.ts";
import { UsageError } from "../../src/errors.ts";
import { Plan } from "../../src/gpu/plan.ts";
import { openTape } from "../../src/ops/tape.ts";
import { testGpu } from "../host.ts";
import { splitOf } from "./colour_spaces.ts";

const [N, H, W] = [6, 9, 7];
const P = H * W;
const noise = (i: number): number => Math.imul(i + 1, 0x9e3779b9) >>> 24;
const rgb = Uint8Array.from({ length: N * 3 * P }, (_, i) => noise(i));
const images = imageDataset({ name: "photos", channels: 3, height: H, width: W, pixels: rgb });

/** Red of every image, and of each red byte which quarter it lies in. */
const red = Uint8Array.from({ length: N * P }, (_, i) => rgb[Math.floor(i / P) * 3 * P + (i % P)]!);
const quarters = red.map((byte) => byte >> 6);
const size = { height: H, width: W };
/** The same images but for one byte of the last: views must differ. */
const other = Uint8Array.from(rgb, (byte, i) => (i === rgb.length - 1 ? 255 - byte : byte));
const scenes = multiViewDataset({
  name: "scenes",
  views: [
    { name: "image", channels: 3, ...size, pixels: () => rgb },
    { name: "depth", channels: 1, ...size, pixels: () => red, present: Uint8Array.of(1, 0, 1, 1, 1, 1) },
    { name: "labels", channels: 1, ...size, kind: "classes", classes: ["a", "b", "c", "d"], pixels: () => quarters },
    { name: "again", channels: 3, ...size, pixels: () => other },
  ],
});

const index = [0, 4, 2, 3];

async function look(views: ViewsOption | undefined, config: ViewConfig, data: ImageDataset, how: "record" | "evaluate" = "record") {
  const gpu = await testGpu();
  const set = makeViews(views, config, data);
  const residents = set.sources(data).map((source) => makeResident(gpu, source));
  const plan = new Plan(gpu, "views");
  const ids = plan.input("index", [index.length], "u32");
  const tape = openTape(plan, true);
  const made = how === "record" ? set.record(tape, residents, ids) : set.views.map((_, v) => set.evaluate(tape, residents, ids, v));
  const out = made.map((view) => plan.keep(view));
  await plan.open();
  plan.run({ seed: 4, step: 3, epoch: 0, rate: 0 }, [[ids, Uint32Array.from(index)]]);
  try {
    const values: Float32Array[] = [];
    for (const view of out) values.push((await plan.read(view)) as Float32Array);
    return { set, made: values, shapes: out.map(({ shape }) => shape), launches: plan.launches.length };
  } finally {
    plan.close();
    for (const { store } of residents) store.destroy();
  }
}

const near = (got: ArrayLike<number>, want: ArrayLike<number>, error = 1e-5) => {
  expect(got.length).toBe(want.length);
  const worst = Array.from(got).reduce((max, v, i) => Math.max(max, Math.abs(v - want[i]!)), 0);
  expect(worst).toBeLessThan(error);
};

/** Channel c of image b in a view of C channels. */
const plane = (view: ArrayLike<number>, C: number, b: number, c: number, p = P): number[] =>
  Array.from({ length: p }, (_, i) => view[(b * C + c) * p + i]!);

describe.each(["lab", "ycbcr"] as const)("%s of RGB images", (space) => {
  const check = (made: readonly Float32Array[], reds: (b: number, c: number) => number[], p = P) => {
    index.forEach((_, b) => {
      const [r, g, blue] = [0, 1, 2].map((c) => reds(b, c));
      const want = r!.map((v, i) => splitOf(space, [v, g![i]!, blue![i]!]));
      near(plane(made[0]!, 1, b, 0, p), want.map(([q]) => q)); // biome-ignore format: one line each
      near(plane(made[1]!, 2, b, 0, p), want.map(([, q]) => q)); // biome-ignore format: one line each
      near(plane(made[1]!, 2, b, 1, p), want.map(([, , q]) => q)); // biome-ignore format: one line each
    });
  };

  test("evaluation: the image's own pixels", async () => {
    const { made, set, shapes, launches } = await look(space, { kind: "crop" }, images, "evaluate");
    check(made, (b, c) => plane(rgb, 3, index[b]!, c).map((byte) => byte / 255));
    expect(set.views).toEqual([
      { name: space === "lab" ? "L" : "Y", channels: 1, ...size },
      { name: space === "lab" ? "ab" : "CbCr", channels: 2, ...size },
    ]);
    expect(shapes).toEqual([[4, 1, H, W], [4, 2, H, W]]); // biome-ignore format: two shapes
    expect(launches).toBe(4); // each view by itself: evaluation embeds one at a time
  });

  test.each<ViewConfig>([{ kind: "crop", size: [5, 6], blur: { kernel: 3 } }, { kind: "affine" }])(
    "training: one crop for both, %j",
    async (config) => {
      const plain = await look(["image", "again"], config, scenes);
      const { made } = await look(space, config, images);
      const p = "size" in config ? 30 : P;
      const [C0] = [3];
      check(made, (b, c) => plane(plain.made[0]!, C0, b, c, p), p);
    },
  );
});

describe("multi-view data", () => {
  test.each<ViewConfig>([{ kind: "plain" }, { kind: "crop", size: [H, W] }, { kind: "affine" }, { kind: "plain", size: [18, 14] }])(
    "one geometry for all views: depth follows red, %j",
    async (config) => {
      const { made, shapes, set } = await look(undefined, config, scenes);
      const [, , h = 0, w = 0] = shapes[0]!;
      expect(shapes.map(([, C]) => C)).toEqual([3, 1, 4, 3]);
      expect(set.views.map(({ channels }) => channels)).toEqual([3, 1, 4, 3]);
      expect(set.views[1]?.present).toEqual(Uint8Array.of(1, 0, 1, 1, 1, 1));
      index.forEach((_, b) => {
        expect(plane(made[1]!, 1, b, 0, h * w)).toEqual(plane(made[0]!, 3, b, 0, h * w));
        const sums = Array.from({ length: h * w }, (_, i) => [0, 1, 2, 3].reduce((s, c) => s + plane(made[2]!, 4, b, c, h * w)[i]!, 0));
        expect(sums.every((s) => s === 1 || (config.kind === "affine" && s === 0))).toBe(true);
      });
    },
  );

  test("a class map is the quarter of the nearest depth pixel", async () => {
    const { made } = await look(["depth", "labels"], { kind: "plain" }, scenes);
    index.forEach((_, b) => {
      const depth = plane(made[0]!, 1, b, 0);
      for (let c = 0; c < 4; c++)
        expect(plane(made[1]!, 4, b, c)).toEqual(depth.map((v) => Number(Math.floor((v * 255 + 0.01) / 64) === c)));
    });
  });

  test.each([
    { kind: "crop", area: [0.3, 1] },
    { kind: "affine", flip: 0.5 },
  ] as const)("colours after %o: each RGB view its own, depth and labels none", async (map) => {
    const bare = await look(undefined, map, scenes);
    const { made, launches } = await look(undefined, { ...map, jitter: { brightness: 0.4, hue: 0.2 }, grayscale: 0.2 }, scenes);
    expect([bare.launches, launches]).toEqual([4, 6]);
    expect(made[1]).toEqual(bare.made[1]);
    expect(made[2]).toEqual(bare.made[2]);
    const [image, again] = [plane(made[0]!, 3, 0, 0), plane(made[3]!, 3, 0, 0)];
    expect(plane(bare.made[0]!, 3, 0, 0)).toEqual(plane(bare.made[3]!, 3, 0, 0));
    expect(image).not.toEqual(again);
  });

  test("named views, in the order asked for", async () => {
    const { set, made } = await look(["depth", "image"], { kind: "plain" }, scenes);
    expect(set.views.map(({ name }) => name)).toEqual(["depth", "image"]);
    near(plane(made[0]!, 1, 1, 0), plane(red, 1, 4, 0).map((byte) => byte / 255)); // biome-ignore format: one line
  });
});

describe("what cannot be is refused", () => {
  const grey = imageDataset({ name: "digits", channels: 1, height: H, width: W, pixels: red });
  test.each<[unknown, ViewConfig, ImageDataset, RegExp]>([
    ["lab", { kind: "plain" }, grey, /digits have 1 channel: expected RGB/],
    ["ycbcr", { kind: "crop", jitter: { hue: 0.1 } }, images, /colour jitter and greyscale before the split.*leave view.jitter/],
    ["lab", { kind: "crop", grayscale: 0.2 }, images, /before the split/],
    ["lab", { kind: "affine", jitter: { hue: 0.1 } }, images, /before the split/],
    ["lab", { kind: "plain", normalise: { mean: 0.5, std: 0.5 } }, images, /published mean/],
    ["hsv", { kind: "plain" }, images, /expected lab, ycbcr or a list/],
    [undefined, { kind: "plain" }, images, /photos has one view.*lab or ycbcr/],
    [["a", "b"], { kind: "plain" }, images, /none called a, b/],
    [["image"], { kind: "plain" }, scenes, /at least two of image, depth, labels, again, got image/],
    [[], { kind: "plain" }, scenes, /got none/],
    [["image", "image"], { kind: "plain" }, scenes, /image is there twice/],
    [["image", "normals"], { kind: "plain" }, scenes, /no view "normals": expected some of image/],
    [["depth", "labels"], { kind: "crop", jitter: { brightness: 0.4 } }, scenes, /depth, labels have no colours/],
    [["depth", "labels"], { kind: "affine", jitter: { brightness: 0.4 } }, scenes, /depth, labels have no colours/],
    [["depth", "image"], { kind: "spin" } as unknown as ViewConfig, scenes, /unknown kind/],
  ])("%j %j", (views, config, data, message) => {
    const make = () => makeViews(views as ViewsOption, config, data);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(message);
  });

  test("views of other data: another size, another count, none at all", () => {
    const view = (name: string, pixels: Uint8Array, height = H) => ({ name, channels: 1, height, width: W, pixels: () => pixels });
    expect(() => multiViewDataset({ name: "x", views: [view("a", red), view("b", red.slice(0, N * W), 1)] })).toThrow(/share their crops/);
    expect(() => multiViewDataset({ name: "x", views: [view("a", red), view("b", quarters.slice(P))] })).toThrow(/found 315/);
    expect(() => multiViewDataset({ name: "x", views: [view("a", red)] })).toThrow(/at least two views/);
    expect(() => multiViewDataset({ name: "x", views: [view("a", red), view("b", red.slice())] })).toThrow(/same pixels/);
    const absent = { ...view("b", quarters), present: new Uint8Array(N) };
    expect(() => multiViewDataset({ name: "x", views: [view("a", red), absent] })).toThrow(/no sample has it/);
  });
});

import { describe, expect, test } from "vitest";
import type { ViewImages } from "../../src/data/multi_view.ts";
import { makeResident } from "../../src/data/views/resident.ts";
import { type Maps, type SegmentationOptions, type SegmentedImages, segmentationProbe } from "../../src/evaluate/segment.ts";
import { majorityScores } from "../../src/evaluate/segment_scores.ts";
import { convNet } from "../../src/nn/encoders/conv_net.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { filled } from "../../src/ops/scale.ts";
import { sequence } from "../gradcheck.ts";
import { testGpu } from "../host.ts";

const SIDE = 16;
const PLANE = SIDE * SIDE;
const COLOURS = [
  [60, 60, 70],
  [220, 60, 50],
  [60, 210, 80],
  [70, 80, 230],
] as const;

/** Gray images with three coloured rectangles on top of each other; a frame without label, whose colours say nothing. */
function rectangles(n: number, seed: number, present?: Uint8Array) {
  const random = sequence(seed);
  const [pixels, labels] = [new Uint8Array(3 * n * PLANE), new Uint8Array(n * PLANE)];
  for (let i = 0; i < n; i++) {
    const map = labels.subarray(i * PLANE, (i + 1) * PLANE).fill(1);
    for (const own of [2, 3, 4]) {
      const [top, left] = [Math.floor(10 * random()), Math.floor(10 * random())];
      const [height, width] = [4 + Math.floor(5 * random()), 4 + Math.floor(5 * random())];
      for (let at = 0; at < PLANE; at++) {
        const [r, c] = [Math.floor(at / SIDE) - top, (at % SIDE) - left];
        if (r >= 0 && r < height && c >= 0 && c < width) map[at] = own;
      }
    }
    map.forEach((own, at) => {
      const edge = at < SIDE;
      const colour = COLOURS[(edge ? Math.floor(4 * random()) : own - 1) % 4]!;
      colour.forEach((level, k) => {
        pixels[(3 * i + k) * PLANE + at] = level + 25 * random();
      });
      if (edge) map[at] = 0;
    });
  }
  const image = { name: "rectangles", length: n, channels: 3, height: SIDE, width: SIDE, pixels: () => pixels };
  const classes = ["void", "ground", "red", "green", "blue"];
  const view: ViewImages = { name: "labels", kind: "classes", channels: 1, height: SIDE, width: SIDE, classes, pixels: () => labels };
  return { image, labels: { ...view, ...(present && { present }) } };
}

/** Runs the probe with a fresh convNet; `destroy` of everything afterwards. */
async function probe(
  train: ReturnType<typeof rectangles>,
  held: typeof train,
  given: SegmentationOptions & { stride?: number } = {},
  maps?: Maps,
) {
  const { stride = 1, ...options } = given;
  const gpu = await testGpu();
  const parameters = new Parameters(gpu, 3);
  const encoder = convNet(parameters, { channels: 3, height: SIDE, width: SIDE, blocks: [12, 12], stride, dim: 4 });
  const half = ({ image, labels }: typeof train): SegmentedImages => ({ images: makeResident(gpu, image), labels });
  const data = { train: half(train), test: half(held) };
  const before = await parameters.read();
  try {
    const result = await segmentationProbe(gpu, maps ?? encoder.maps, data, { epochs: 40, batch: 8, rate: 0.05, ...options });
    expect(await parameters.read(), "the encoder is frozen").toEqual(before);
    return result;
  } finally {
    parameters.destroy();
    data.train.images.store.destroy();
    data.test.images.store.destroy();
  }
}

describe("segmentation probe", () => {
  test("tells coloured rectangles apart, far better than the commonest class; void does not count", async () => {
    const [train, held] = [rectangles(24, 1), rectangles(11, 2)];
    const result = await probe(train, held);
    const majority = majorityScores(train.labels, held.labels);
    expect(result.classes).toEqual(["ground", "red", "green", "blue"]);
    expect(result.pixelAccuracy).toBeGreaterThan(0.95);
    expect(result.meanIoU).toBeGreaterThan(0.85);
    expect(majority.pixelAccuracy).toBeLessThan(0.7);
    expect(majority.meanIoU).toBeLessThan(0.2);
    expect(result.loss).toBeLessThan(0.4);
    // The scores are those of the predictions, by an independent count.
    let [hits, all] = [0, 0];
    held.labels.pixels().forEach((own, at) => {
      if (own === 0) return;
      all++;
      if (result.predictions[at] === own) hits++;
    });
    expect(all).toBe(11 * (PLANE - SIDE));
    expect(result.pixelAccuracy).toBeCloseTo(hits / all, 12);
    expect(result.predictions.includes(0)).toBe(false);
  });

  test("a function of the seed", async () => {
    const [train, held] = [rectangles(10, 7), rectangles(3, 8)];
    const [first, again, other] = [1, 1, 2].map((seed) => () => probe(train, held, { epochs: 3, batch: 4, seed, stride: 2 }));
    const { loss, predictions } = await first!();
    expect(await again!()).toMatchObject({ loss, predictions });
    expect((await other!()).loss).not.toBe(loss);
  });

  test("samples without labels are left out of training and of the scores", async () => {
    const full = rectangles(12, 3);
    // Every third map is wrong, and said not to be there.
    const present = Uint8Array.from({ length: 12 }, (_, i) => (i % 3 === 2 ? 0 : 1));
    const some = rectangles(12, 3, present);
    some.labels.pixels().forEach((own, at, all) => {
      if (present[Math.floor(at / PLANE)] === 0) all[at] = (own % 4) + 1;
    });
    const result = await probe(some, some, { stride: 2 }); // maps of 8 x 8 and 4 x 4
    expect([...result.rows]).toEqual([0, 1, 3, 4, 6, 7, 9, 10]);
    expect(result.predictions.length).toBe(8 * PLANE);
    expect(result.confusion.reduce((a, b) => a + b)).toBe(8 * (PLANE - SIDE));
    expect(result.pixelAccuracy).toBeGreaterThan(0.85);
    expect(majorityScores(some.labels, some.labels).pixelAccuracy).toBeLessThan(0.65);
    expect(full.labels.pixels()).not.toEqual(some.labels.pixels());
  });

  test("maps that know nothing of the image predict one class", async () => {
    const train = rectangles(16, 4);
    const result = await probe(train, train, { epochs: 4 }, (tape, x) => [filled(tape, [x.shape[0]!, 1, 4, 4], 1)]);
    expect(new Set(result.predictions).size).toBe(1);
    expect(result.pixelAccuracy).toBe(majorityScores(train.labels, train.labels).pixelAccuracy);
  });

  test("what cannot be probed", async () => {
    const [train, small] = [rectangles(4, 5), rectangles(3, 6)];
    const wrong = { ...small, labels: train.labels };
    await expect(probe(train, wrong)).rejects.toThrow(/expected 3 maps of 16 x 16 as the images, got 4 of 16 x 16/);
    await expect(probe(train, small, { epochs: 0 })).rejects.toThrow(/segmentation: epochs/);
    await expect(probe(train, small, { ignore: 9 })).rejects.toThrow(/void class 9: expected null or a class number below 5/);
    await expect(probe(train, small, { rte: 1 } as SegmentationOptions)).rejects.toThrow(/unknown option "rte"/);
    await expect(probe(train, small, {}, () => [])).rejects.toThrow(/the encoder gave no map/);
    const { kind: _, ...levels } = train.labels;
    await expect(probe({ ...train, labels: levels }, small)).rejects.toThrow(/view labels: expected class numbers/);
    const other = { ...small.labels, classes: ["void", "a", "b", "c", "d"] };
    await expect(probe(train, { ...small, labels: other })).rejects.toThrow(/have different classes/);
    const none = { ...small.labels, present: new Uint8Array(3) };
    await expect(probe(train, { ...small, labels: none })).rejects.toThrow(/no sample has it/);
  });
});

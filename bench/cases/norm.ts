import type { BenchCase, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { batchNorm } from "../reference/conv.ts";
import { unit } from "../reference/dense.ts";
import { RefTape, relu } from "../reference/tape.ts";
import { inputNamed } from "./conv.ts";

/** y = max(0, BN(x)) over x[B, C, H, H] with the batch's statistics, then the gradients of x, weight and bias for a given dy. */
export const batchNormCase: BenchCase = {
  name: "batch-norm-relu",
  title: "Batch norm + ReLU, forward + backward",
  sizes: [
    { set: "issue", size: { B: 16, C: 64, H: 28 } },
    { set: "small", size: { B: 4, C: 8, H: 8 } },
    { set: "paper", size: { B: 256, C: 64, H: 32 } },
    { set: "ragged", size: { B: 5, C: 7, H: 9 } },
  ],
  linear: { from: { B: 8, C: 32, H: 16 }, axes: { B: [4, 8, 16, 32], C: [16, 32, 64] } },
  flops: ({ B = 0, C = 0, H = 0 }: Size) => 19 * B * C * H * H,
  /** Forward reads x twice and writes y; backward reads x and dy twice and writes dx. */
  traffic: ({ B = 0, C = 0, H = 0 }: Size) => 8 * 4 * B * C * H * H,
  tolerance: 2e-4,
  inputs({ B = 0, C = 0, H = 0 }) {
    const map = (seed: number) => ({ shape: [B, C, H, H], data: uniform(seed, B * C * H * H) });
    const vector = (seed: number) => ({ shape: [C], data: uniform(seed, C).map((v) => 1 + v / 2) });
    return { x: map(1), dy: map(2), weight: vector(3), bias: vector(4) };
  },
  reference(_, inputs) {
    const tape = new RefTape();
    const leaf = (name: string) => tape.leaf(inputNamed(inputs, name).shape, inputNamed(inputs, name).data);
    const [x, weight, bias] = [leaf("x"), leaf("weight"), leaf("bias")];
    const y = relu(batchNorm(x, weight, bias));
    tape.backward(y, inputNamed(inputs, "dy").data);
    return { y: y.data, dx: x.grad, dweight: weight.grad, dbias: bias.grad };
  },
};

/** Rows of length 1, [B, D], and the gradient for a given dy. */
export const l2normCase: BenchCase = {
  name: "l2norm",
  title: "L2 normalisation, forward + backward",
  sizes: [
    { set: "issue", size: { B: 4096, D: 128 } },
    { set: "small", size: { B: 64, D: 32 } },
    { set: "paper", size: { B: 256, D: 128 } },
    { set: "ragged", size: { B: 67, D: 61 } },
  ],
  linear: { from: { B: 1024, D: 128 }, axes: { B: [512, 1024, 2048, 4096], D: [32, 64, 128, 256] } },
  flops: ({ B = 0, D = 0 }: Size) => 8 * B * D,
  traffic: ({ B = 0, D = 0 }: Size) => 4 * 5 * B * D,
  inputs: ({ B = 0, D = 0 }) => ({
    x: { shape: [B, D], data: uniform(1, B * D) },
    dy: { shape: [B, D], data: uniform(2, B * D) },
  }),
  reference(_, inputs) {
    const tape = new RefTape();
    const x = tape.leaf(inputNamed(inputs, "x").shape, inputNamed(inputs, "x").data);
    const y = unit(x);
    tape.backward(y, inputNamed(inputs, "dy").data);
    return { y: y.data, dx: x.grad };
  },
};

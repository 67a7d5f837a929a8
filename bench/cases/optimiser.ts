import type { BenchCase, Inputs, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { inputNamed } from "./conv.ts";

export const RATE = 0.01;
export const MU = 0.9;
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** Shapes of the 62 tensors of a ResNet-18 whose first stage is W channels wide (64 in the paper), as lengths. */
export function tensorSizes({ W = 0 }: Size): number[] {
  const norm = (C: number) => [C, C];
  const sizes = [3 * 9 * W, ...norm(W)];
  for (let stage = 0; stage < 4; stage++) {
    const C = W * 2 ** stage;
    for (let block = 0; block < 2; block++) {
      const I = block === 0 && stage > 0 ? C / 2 : C;
      sizes.push(9 * I * C, ...norm(C), 9 * C * C, ...norm(C));
      if (I !== C) sizes.push(I * C, ...norm(C));
    }
  }
  return [...sizes, 128 * 8 * W, 128];
}

const count = (size: Size): number => tensorSizes(size).reduce((a, b) => a + b, 0);

function inputs(size: Size): Inputs {
  const all: Record<string, Inputs[string]> = {};
  for (const [i, n] of tensorSizes(size).entries()) {
    all[`w${i}`] = { shape: [n], data: uniform(2 * i + 1, n, 0.1) };
    all[`g${i}`] = { shape: [n], data: uniform(2 * i + 2, n) };
  }
  return all;
}

/** What the first step adds to the first and to the last tensor. */
function optimiserCase(name: "sgd" | "adam", title: string, words: number, step: (g: number) => number): BenchCase {
  return {
    name,
    title,
    sizes: [
      { set: "issue", size: { W: 16 } },
      { set: "small", size: { W: 4 } },
      { set: "paper", size: { W: 64 } },
      { set: "ragged", size: { W: 7 } },
    ],
    linear: { from: { W: 16 }, axes: { W: [4, 8, 16, 32] } },
    flops: (size) => 6 * count(size),
    /** Weight, gradient and moments read, weight and moments written. */
    traffic: (size) => 4 * words * count(size),
    tolerance: 1e-3, // a small difference of larger numbers
    inputs,
    reference(size, given) {
      const last = tensorSizes(size).length - 1;
      const moved = (i: number) => Float64Array.from(inputNamed(given, `g${i}`).data, step);
      return { first: moved(0), last: moved(last) };
    },
  };
}

export const sgdCase = optimiserCase("sgd", "SGD with momentum, 62 tensors", 5, (g) => -RATE * g);
export const adamCase = optimiserCase("adam", "Adam, 62 tensors", 7, (g) => (-RATE * g) / (Math.abs(g) + ADAM.epsilon));

/** Converts weights after the step to what it added. */
export function changes(size: Size, given: Inputs) {
  const last = tensorSizes(size).length - 1;
  const change = (i: number) => (after: ArrayLike<number>) =>
    Float64Array.from(after, (value, k) => value - (inputNamed(given, `w${i}`).data[k] ?? 0));
  return { first: change(0), last: change(last) };
}

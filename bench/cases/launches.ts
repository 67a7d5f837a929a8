import type { BenchCase, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { inputNamed } from "./conv.ts";

export const FACTOR = 1.01;
export const NUMBERS = 2048;

/** The floor of a launch: n multiplications of 2,048 numbers (tfjs takes fewer than 1,000 to the CPU), each of the result of the one before. */
export const launchesCase: BenchCase = {
  name: "launches",
  title: "Tiny launches, one after the other",
  sizes: [
    { set: "issue", size: { n: 1 } },
    { set: "issue", size: { n: 100 } },
    { set: "small", size: { n: 10 } },
  ],
  linear: { from: { n: 100 }, axes: { n: [50, 100, 200, 400] } },
  flops: ({ n = 0 }: Size) => NUMBERS * n,
  traffic: () => 0,
  inputs: () => ({ x: { shape: [NUMBERS], data: uniform(1, NUMBERS) } }),
  reference: ({ n = 0 }, inputs) => ({ y: Float64Array.from(inputNamed(inputs, "x").data, (value) => value * FACTOR ** n) }),
};

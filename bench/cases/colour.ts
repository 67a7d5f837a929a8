import type { BenchCase, Inputs, Size } from "../contract.ts";
import { uniform } from "../noise.ts";
import { type Change, drawChange, recoloured } from "../reference/colour.ts";
import { inputNamed } from "./conv.ts";

/** Range of brightness, contrast and saturation, and the share of grey views. */
export const JITTER = 0.4;
export const GREYSCALE = 0.2;

/** Brightness, contrast and saturation in an order of each view's own, then some grey: x[B, 3, H, H] in 0 to 1. The peers are given the draws. */
export const colourCase: BenchCase = {
  name: "colour",
  title: "Colour augmentation",
  sizes: [
    { set: "issue", size: { B: 128, H: 32 } },
    { set: "small", size: { B: 8, H: 8 } },
    { set: "paper", size: { B: 256, H: 32 } },
    { set: "ragged", size: { B: 13, H: 11 } },
  ],
  linear: { from: { B: 64, H: 32 }, axes: { B: [32, 64, 128, 256] } },
  flops: ({ B = 0, H = 0 }: Size) => 12 * 3 * B * H * H,
  traffic: ({ B = 0, H = 0 }: Size) => 2 * 4 * 3 * B * H * H,
  inputs({ B = 0, H = 0 }) {
    const changes = Array.from({ length: B }, (_, b) => drawChange(b, JITTER, GREYSCALE));
    return { x: { shape: [B, 3, H, H], data: uniform(1, 3 * B * H * H, 0.5).map((v) => v + 0.5) }, ...draws(changes) };
  },
  reference({ B = 0, H = 0 }, inputs) {
    const P = H * H;
    const x = inputNamed(inputs, "x").data;
    const y = new Float64Array(3 * B * P);
    for (let b = 0; b < B; b++) y.set(recoloured(x.subarray(3 * b * P, 3 * (b + 1) * P), P, drawChange(b, JITTER, GREYSCALE)), 3 * b * P);
    return { y };
  },
};

/**
 * The draws as three rounds of one blend, factor v + (1 - factor) (contrast mean + saturation luma): [3, B] each; and grey [B].
 * That is how a library of whole-batch operations does orders that differ from view to view.
 */
function draws(changes: readonly Change[]): Inputs {
  const B = changes.length;
  const rounds = (value: (change: Change, op: number) => number) => ({
    shape: [3, B],
    data: Float32Array.from({ length: 3 * B }, (_, i) => {
      const change = changes[i % B];
      return change ? value(change, change.order[Math.floor(i / B)] ?? 0) : 0;
    }),
  });
  return {
    factor: rounds(({ factors }, op) => factors[op] ?? 1),
    contrast: rounds((_, op) => (op === 1 ? 1 : 0)),
    saturation: rounds((_, op) => (op === 2 ? 1 : 0)),
    grey: { shape: [B], data: Float32Array.from(changes, ({ grey }) => (grey ? 1 : 0)) },
  };
}

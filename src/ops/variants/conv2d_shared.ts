import * as kernels from "../../gpu/kernels.gen.ts";
import type { Variant } from "../../gpu/variants.ts";
import { type Convolution, convFlops, type WeightGradient } from "../conv2d.ts";

// The forms for GPUs: tiles of 64 x 64 through workgroup memory, which every adapter has enough of.

const TILE = 64;
const tiles = (size: number): number => Math.ceil(size / TILE);

export const forwardShared: Variant<Convolution> = {
  name: "shared",
  record(plan, { x, w, y, p }) {
    plan.launch(kernels.conv2dShared, { x, w, y }, p, [tiles(p.B * p.OH * p.OW), tiles(p.O)], { flops: convFlops(p) });
  },
};

export const inputShared: Variant<Convolution> = {
  name: "shared",
  fits: ({ p: { dy, dx } }) => dy * dx === 1,
  record(plan, { x: g, w, y, p: { dy, dx: across, ...p } }) {
    const pixels = p.B * Math.ceil(p.H / p.sy) * Math.ceil(p.W / p.sx); // of the largest class, see the kernel
    const grid = [tiles(pixels), tiles(p.I), p.sy * p.sx];
    plan.launch(kernels.conv2dDxShared, { g, w, dx: y }, p, grid, { flops: convFlops({ ...p, dy, dx: across }) });
  },
};

export const weightShared: Variant<WeightGradient> = {
  name: "shared",
  record(plan, { x, g, part, p, S, chunk }) {
    const grid = [tiles(p.I * p.KH * p.KW), tiles(p.O), S];
    plan.launch(kernels.conv2dDwShared, { x, g, part }, { ...p, S, chunk }, grid, { flops: convFlops(p) });
  },
};

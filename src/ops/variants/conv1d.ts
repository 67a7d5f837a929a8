import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import type { Variant } from "../../gpu/variants.ts";
import { type Convolution, type ConvSizes, convFlops, type WeightGradient, windowClass } from "../conv2d.ts";

/** Windows over one axis that are twice as long as their stride, as far as the kernels go: strides of 2 and 4, steps in fours. */
const fits = (p: ConvSizes): boolean => windowClass(p) === "1d" && (p.sx === 2 || p.sx === 4) && 2 * p.px === p.sx && p.OW % 4 === 0;
/** The first layer of an audio encoder. */
const few = (p: ConvSizes): boolean => windowClass(p) === "1d" && p.I <= 2 && p.OW % 4 === 0;

const params = ({ B, I, W, O, OW }: ConvSizes) => ({ B, I, W, O, OW });
const options = (p: ConvSizes, WG: number) => ({ overrides: { WG, STRIDE: p.sx }, flops: convFlops(p) });
/** One subgroup a workgroup: fewest lanes without work. */
const lanesOf = ({ gpu }: Plan, least: number): number => Math.max(least, gpu.adapter.subgroupMaxSize);

/** @param steps of a lane */
const forward = (
  name: string,
  lanes: number,
  kernel: typeof kernels.conv1dSub16 | typeof kernels.conv1dSub4,
  steps: number,
): Variant<Convolution> => ({
  ...{ name, needs: { lanes } },
  fits: ({ x, p }) => x.dtype === "f32" && (fits(p) || few(p)),
  record(plan, { x, w, y, p }) {
    const WG = lanesOf(plan, lanes);
    if (few(p)) {
      const grid = [Math.ceil((p.B * p.OW) / (4 * WG)), Math.ceil(p.O / 16)];
      const { KW, sx: s, px } = p;
      return plan.launch(kernels.conv1dFew, { x, w, y }, { ...params(p), KW, s, px }, grid, { overrides: { WG }, flops: convFlops(p) });
    }
    const grid = [Math.ceil((p.B * Math.ceil(p.OW / steps)) / WG), Math.ceil(p.O / 16)];
    plan.launch(kernel, { x, w, y }, params(p), grid, options(p, WG));
  },
});

/** @param each output channels a turn */
const input = (
  name: string,
  lanes: number,
  kernel: typeof kernels.conv1dDxSub16 | typeof kernels.conv1dDxSub4,
  steps: number,
  each: number,
): Variant<Convolution> => ({
  ...{ name, needs: { lanes } },
  fits: ({ p }) => fits(p) && p.O % each === 0,
  record(plan, { x: g, w, y: dx, p }) {
    const WG = lanesOf(plan, lanes);
    const grid = [Math.ceil((p.B * Math.ceil(p.OW / steps)) / WG), Math.ceil((p.I * p.sx) / 16)];
    plan.launch(kernel, { g, w, dx }, params(p), grid, options(p, WG));
  },
});

const weight = (
  name: string,
  lanes: number,
  kernel: typeof kernels.conv1dDwSub16 | typeof kernels.conv1dDwSub4,
  taps: number,
): Variant<WeightGradient> => ({
  ...{ name, needs: { lanes } },
  fits: ({ x, p, chunk }) => x.dtype === "f32" && fits(p) && chunk % 4 === 0,
  record(plan, { x, g, part, p, S, chunk }) {
    const WG = lanesOf(plan, lanes);
    const grid = [Math.ceil((p.I * p.KW) / (taps * WG)), Math.ceil(p.O / 16), S];
    plan.launch(kernel, { x, g, part }, { ...params(p), S, chunk }, grid, options(p, WG));
  },
});

/** Big tiles for adapters on which loads cost most, small ones for compilers that spill. */
export const CONV1D = {
  forward: [forward("window-sub16", 4, kernels.conv1dSub16, 16), forward("window-sub4", 8, kernels.conv1dSub4, 4)],
  input: [input("window-sub16", 4, kernels.conv1dDxSub16, 16, 2), input("window-sub4", 8, kernels.conv1dDxSub4, 8, 1)],
  weight: [weight("window-sub16", 4, kernels.conv1dDwSub16, 16), weight("window-sub4", 8, kernels.conv1dDwSub4, 8)],
};

/** A layer of the audio encoder, smaller. */
export const LAYER: ConvSizes = {
  B: 4,
  I: 32,
  H: 1,
  W: 512,
  O: 32,
  OH: 1,
  OW: 128,
  KH: 1,
  KW: 8,
  sy: 1,
  sx: 4,
  py: 0,
  px: 2,
  dy: 1,
  dx: 1,
};

export const LAYER_DEFAULTS = { swiftshader: "window-sub16", llvmpipe: "window-sub4", gpu: "product" };

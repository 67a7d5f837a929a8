import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import type { Operand } from "../../gpu/slot.ts";
import type { Offers, ShapeClass, Variant } from "../../gpu/variants.ts";
import { CONV2D, CONV2D_INPUT, CONV2D_WEIGHT, type Convolution, type ConvSizes, convFlops, type WeightGradient } from "../conv2d.ts";
import { CONV1D, LAYER, LAYER_DEFAULTS } from "./conv1d.ts";
import { forwardShared, inputShared, weightShared } from "./conv2d_shared.ts";

/** How the block kernels see a convolution, or the gradient of its input, which is one with the taps turned round. */
interface Blocks {
  readonly params: { readonly [P in "B" | "I" | "H" | "W" | "O" | "OH" | "OW" | "py" | "px" | "wo" | "wi"]: number };
  readonly FLIP: number;
}

const forward = ({ B, I, H, W, O, OH, OW, py, px }: ConvSizes): Blocks => ({
  params: { B, I, H, W, O, OH, OW, py, px, wo: 9 * I, wi: 9 },
  FLIP: 0,
});

const backward = ({ B, I, H, W, O, OH, OW, py, px }: ConvSizes): Blocks => ({
  params: { B, I: O, H: OH, W: OW, O: I, OH: H, OW: W, py: 2 - py, px: 2 - px, wo: 9, wi: 9 * I },
  FLIP: 1,
});

/** 3 x 3, stride and dilation 1. A padding above 2 would turn into a negative one in the gradient. */
const fits = ({ p: { KH, KW, sy, sx, dy, dx, py, px } }: Convolution): boolean =>
  KH === 3 && KW === 3 && sy * sx * dy * dx === 1 && py <= 2 && px <= 2;

function launch(plan: Plan, sub: boolean, { params, FLIP }: Blocks, { x, w, y, p }: Convolution): void {
  const blocks = params.B * Math.ceil(params.OH / 4) * Math.ceil(params.OW / 4);
  const kernel = sub ? kernels.conv2dBlockSub : kernels.conv2dBlock;
  plan.launch(kernel, { x, w, y }, params, [Math.ceil(blocks / 32), Math.ceil(params.O / 8)], {
    overrides: { FLIP },
    flops: convFlops(p),
  });
}

/** Channels in sixteens, or so many that the last ones do not matter. */
const wide = (channels: number): boolean => channels % 16 === 0 || channels > 40;
/** One subgroup a workgroup: fewest lanes without a pixel. */
const lanesOf = ({ gpu }: Plan): number => Math.max(4, gpu.adapter.subgroupMaxSize);

const forward16: Variant<Convolution> = {
  name: "sub16",
  needs: { lanes: 4 },
  fits: ({ p }) => wide(p.O) && p.I > 2, // which are taken in fours
  record(plan, { x, w, y, p }) {
    const WG = lanesOf(plan);
    const grid = [Math.ceil((p.B * p.OH * p.OW) / (16 * WG)), Math.ceil(p.O / 16)];
    plan.launch(kernels.conv2dSub16, { x, w, y }, p, grid, { overrides: { WG }, flops: convFlops(p) });
  },
};

const input16: Variant<Convolution> = {
  name: "sub16",
  needs: { lanes: 4 },
  fits: ({ p }) => wide(p.I),
  record(plan, { x: g, w, y: dx, p }) {
    const WG = lanesOf(plan);
    const pixels = p.B * Math.ceil(p.H / p.sy) * Math.ceil(p.W / p.sx); // of the largest class, see conv2d_dx.wgsl
    const grid = [Math.ceil(pixels / (16 * WG)), Math.ceil(p.I / 16), p.sy * p.sx];
    plan.launch(kernels.conv2dDxSub16, { g, w, dx }, p, grid, { overrides: { WG }, flops: convFlops(p) });
  },
};

const weight16: Variant<WeightGradient> = {
  name: "sub16",
  needs: { lanes: 4 },
  fits: ({ p }) => wide(p.O) && p.I * p.KH * p.KW >= 64,
  record(plan, { x, g, part, p, S, chunk }) {
    const WG = lanesOf(plan);
    const grid = [Math.ceil((p.I * p.KH * p.KW) / (16 * WG)), Math.ceil(p.O / 16), S];
    plan.launch(kernels.conv2dDwSub16, { x, g, part }, { ...p, S, chunk }, grid, { overrides: { WG }, flops: convFlops(p) });
  },
};

const variantsOf = (blocks: (p: ConvSizes) => Blocks): readonly Variant<Convolution>[] => [
  { name: "block", fits, record: (plan, task) => launch(plan, false, blocks(task.p), task) },
  { name: "block-sub", needs: { lanes: 4 }, fits, record: (plan, task) => launch(plan, true, blocks(task.p), task) },
];

const SIZES = { B: 4, I: 32, H: 16, W: 16, O: 32, OH: 16, OW: 16, KH: 3, KW: 3, sy: 1, sx: 1, py: 1, px: 1, dy: 1, dx: 1 };

const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const numbers = ({ shape }: Operand) => Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(1 + 1.7 * i));

/** @param input which of the two is read: x or dy */
const shapeClass = (p: ConvSizes, defaults: ShapeClass<Convolution>["defaults"], input: "x" | "dy"): ShapeClass<Convolution> => ({
  defaults,
  example(plan) {
    const shapes = [[p.B, p.I, p.H, p.W] as const, [p.B, p.O, p.OH, p.OW] as const];
    const [from = [], to = []] = input === "x" ? shapes : shapes.toReversed();
    const [x, w] = [plan.input(input, from), plan.input("w", [p.O, p.I, p.KH, p.KW])];
    const y: Operand = { slot: plan.slot("result", 4 * sizeOf(to)), shape: to, dtype: "f32" };
    return { task: { x, w, y, p }, result: y, feed: [[x, numbers(x)] as const, [w, numbers(w)] as const] };
  },
});

const SUB_BLOCK = { swiftshader: "block-sub", llvmpipe: "block-sub", gpu: "product" };
const SUB16 = { swiftshader: "sub16", llvmpipe: "sub16", gpu: "product" };
const STRIDED: ConvSizes = { ...SIZES, H: 32, W: 32, sy: 2, sx: 2 };

const classes = (input: "x" | "dy") => ({
  "3x3": shapeClass(SIZES, SUB_BLOCK, input),
  "1d": shapeClass(LAYER, LAYER_DEFAULTS, input),
  other: shapeClass(STRIDED, SUB16, input),
});

/** lavapipe keeps too much of a turn's four pixels in registers. */
const WEIGHT = { ...SUB16, llvmpipe: "product" };

const weightClass = (p: ConvSizes, defaults: ShapeClass<WeightGradient>["defaults"] = WEIGHT): ShapeClass<WeightGradient> => ({
  defaults,
  example(plan) {
    const [x, g] = [plan.input("x", [p.B, p.I, p.H, p.W]), plan.input("dy", [p.B, p.O, p.OH, p.OW])];
    const shape = [4, p.O, p.I, p.KH, p.KW];
    const part: Operand = { slot: plan.slot("parts", 4 * sizeOf(shape)), shape, dtype: "f32" };
    const task = { x, g, part, p, S: 4, chunk: (p.B * p.OH * p.OW) / 4 };
    return { task, result: part, feed: [[x, numbers(x)] as const, [g, numbers(g)] as const] };
  },
});

export const CONV2D_OFFERS: Offers<Convolution> = {
  family: CONV2D,
  variants: [forward16, ...variantsOf(forward), forwardShared, ...CONV1D.forward],
  classes: classes("x"),
};
export const CONV2D_INPUT_OFFERS: Offers<Convolution> = {
  family: CONV2D_INPUT,
  variants: [input16, ...variantsOf(backward), inputShared, ...CONV1D.input],
  classes: classes("dy"),
};
export const CONV2D_WEIGHT_OFFERS: Offers<WeightGradient> = {
  family: CONV2D_WEIGHT,
  variants: [weight16, weightShared, ...CONV1D.weight],
  classes: { "3x3": weightClass(SIZES), "1d": weightClass(LAYER, LAYER_DEFAULTS), other: weightClass(STRIDED) },
};

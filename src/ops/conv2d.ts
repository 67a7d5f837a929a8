import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Family } from "../gpu/variants.ts";
import type { Tensor } from "../tensor.ts";
import { addBias } from "./bias.ts";
import { sumSplits } from "./reduce.ts";
import { materialise } from "./scale.ts";

/** One number for both axes, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

export interface Conv2dOptions {
  /** Default 1. */
  readonly stride?: Pair;
  /** Zeros around the image; default 0. */
  readonly padding?: Pair;
  /** Zeros below and right of the image, where they differ from those above and left. */
  readonly paddingAfter?: Pair;
  /** Distance between taps; default 1. */
  readonly dilation?: Pair;
  readonly bias?: Tensor | undefined;
}

/** Height and width after a convolution or a pooling. @throws UsageError when the kernel does not fit. */
export function convSize(size: number, kernel: number, stride: number, padding: number, dilation: number): number {
  const out = Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;
  if (out < 1) throw new UsageError(`a kernel of ${kernel} (dilation ${dilation}) does not fit ${size} + 2*${padding} pixels`);
  return out;
}

/**
 * Cross-correlation of x[B, I, H, W] with weight[O, I, KH, KW], as torch.nn.functional.conv2d: -> [B, O, OH, OW].
 * @throws ShapeError when channels differ, UsageError on a stride or dilation below 1, a negative padding, or a kernel that does not fit.
 */
export function conv2d(tape: Tape, x: Tensor, weight: Tensor, { bias, ...options }: Conv2dOptions = {}): Tensor {
  const p = sizes(x, weight, options);
  const y = tape.tensor([p.B, p.O, p.OH, p.OW], x.dtype, "conv2d");
  tape.perform(CONV2D, { x, w: weight, y, p });
  tape.record(y, [x, weight], (gradient) => {
    const g = materialise(tape, gradient);
    return [x.requiresGrad ? inputGradient(tape, g, weight, p) : null, weight.requiresGrad ? weightGradient(tape, g, x, p) : null];
  });
  return bias ? addBias(tape, y, bias) : y;
}

export type ConvSizes = ReturnType<typeof sizes>;
export const convFlops = (p: ConvSizes): number => 2 * p.B * p.O * p.OH * p.OW * p.I * p.KH * p.KW;

/** y = x * w, or for the gradient of the input: y is dx, x is dy. */
export interface Convolution {
  readonly x: Operand;
  readonly w: Operand;
  readonly y: Operand;
  /** Of the convolution, forward. */
  readonly p: ConvSizes;
}

/** Kernels of 3 x 3 at stride 1, and windows along one axis that half overlap, have variants of their own: variants/. */
export function windowClass({ H, W, OW, KH, KW, sy, sx, dy, dx }: ConvSizes): string {
  if (KH === 3 && KW === 3 && sy * sx * dy * dx === 1) return "3x3";
  return H * KH * dx === 1 && KW === 2 * sx && W === sx * OW ? "1d" : "other";
}

const classOf = ({ p }: { readonly p: ConvSizes }): string => windowClass(p);

export const CONV2D: Family<Convolution> = {
  name: "conv2d",
  general: {
    name: "product",
    record(plan, { x, w, y, p }) {
      const grid = [Math.ceil((p.B * p.OH * p.OW) / 256), Math.ceil(p.O / 8)];
      plan.launch(kernels.conv2d, { x, w, y }, p, grid, { flops: convFlops(p) });
    },
  },
  classOf,
};

export const CONV2D_INPUT: Family<Convolution> = {
  name: "conv2d input",
  general: {
    name: "product",
    record(plan, { x: g, w, y: dx, p }) {
      const pixels = p.B * Math.ceil(p.H / p.sy) * Math.ceil(p.W / p.sx); // of the largest class, see the kernel
      const grid = [Math.ceil(pixels / 256), Math.ceil(p.I / 8), p.sy * p.sx];
      plan.launch(kernels.conv2dDx, { g, w, dx }, p, grid, { flops: convFlops(p) });
    },
  },
  classOf,
};

function sizes(x: Tensor, weight: Tensor, { stride = 1, padding = 0, paddingAfter = padding, dilation = 1 }: Conv2dOptions) {
  const [B, I, H, W] = quad("input", x);
  const [O, inputs, KH, KW] = quad("weight", weight);
  if (inputs !== I) throw new ShapeError(`conv2d: the input [${x.shape}] has ${I} channels, the weight [${weight.shape}] takes ${inputs}`);
  const [sy, sx] = pair("stride", stride, 1);
  const [py, px] = pair("padding", padding, 0);
  const [qy, qx] = pair("padding after", paddingAfter, 0);
  const [dy, dx] = pair("dilation", dilation, 1);
  const [OH, OW] = [convSize(H, KH, sy, (py + qy) / 2, dy), convSize(W, KW, sx, (px + qx) / 2, dx)];
  return { B, I, H, W, O, OH, OW, KH, KW, sy, sx, py, px, dy, dx };
}

/** Parts of dw, S of them, each over `chunk` pixels of the batch. */
export interface WeightGradient {
  readonly x: Operand;
  readonly g: Operand;
  readonly part: Operand;
  readonly p: ConvSizes;
  readonly S: number;
  readonly chunk: number;
}

export const CONV2D_WEIGHT: Family<WeightGradient> = {
  name: "conv2d weight",
  general: {
    name: "product",
    record(plan, { x, g, part, p, S, chunk }) {
      const tiles = Math.ceil((p.I * p.KH * p.KW) / 8) * Math.ceil(p.O / 8);
      plan.launch(kernels.conv2dDw, { x, g, part }, { ...p, S, chunk }, [Math.ceil(tiles / 32), S], { flops: convFlops(p) });
    },
  },
  classOf,
};

function quad(what: string, { shape }: Tensor): [number, number, number, number] {
  const [a, b, c, d] = shape;
  if (shape.length !== 4 || a === undefined || b === undefined || c === undefined || d === undefined) {
    throw new ShapeError(`conv2d: the ${what} must have four dimensions, got [${shape}]`);
  }
  return [a, b, c, d];
}

function pair(what: string, value: Pair, least: number): readonly [number, number] {
  const both = typeof value === "number" ? ([value, value] as const) : value;
  if (both.some((v) => !Number.isSafeInteger(v) || v < least))
    throw new UsageError(`conv2d: ${what} must be an integer >= ${least}, got ${value}`);
  return both;
}

function inputGradient(tape: Tape, g: Tensor, w: Tensor, p: ConvSizes): Tensor {
  const dx = tape.tensor([p.B, p.I, p.H, p.W], "f32", "d conv2d input");
  tape.perform(CONV2D_INPUT, { x: g, w, y: dx, p });
  return dx;
}

function weightGradient(tape: Tape, g: Tensor, x: Tensor, p: ConvSizes): Tensor {
  const pixels = p.B * p.OH * p.OW;
  const tiles = Math.ceil((p.I * p.KH * p.KW) / 8) * Math.ceil(p.O / 8);
  // Enough chunks for about 2,048 invocations, each of at least 128 pixels. From the shape alone, so that runs repeat bit for bit.
  const chunk = 4 * Math.ceil(pixels / Math.max(1, Math.min(Math.ceil(2048 / tiles), Math.floor(pixels / 128))) / 4);
  const S = Math.ceil(pixels / chunk);
  const shape = [p.O, p.I, p.KH, p.KW];
  const part = tape.tensor([S, ...shape], "f32", "d conv2d weight parts");
  tape.perform(CONV2D_WEIGHT, { x, g, part, p, S, chunk });
  return S === 1 ? part.as(shape) : sumSplits(tape, part, shape);
}

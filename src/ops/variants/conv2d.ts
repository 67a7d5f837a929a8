import * as kernels from "../../gpu/kernels.gen.ts";
import type { Plan } from "../../gpu/plan.ts";
import type { Operand } from "../../gpu/slot.ts";
import type { Offers, ShapeClass, Variant } from "../../gpu/variants.ts";
import { CONV2D, CONV2D_INPUT, type Convolution, type ConvSizes, convFlops } from "../conv2d.ts";

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

const variantsOf = (blocks: (p: ConvSizes) => Blocks): readonly Variant<Convolution>[] => [
  { name: "block", fits, record: (plan, task) => launch(plan, false, blocks(task.p), task) },
  { name: "block-sub", needs: { lanes: 4 }, fits, record: (plan, task) => launch(plan, true, blocks(task.p), task) },
];

const SIZES = { B: 4, I: 32, H: 16, W: 16, O: 32, OH: 16, OW: 16, KH: 3, KW: 3, sy: 1, sx: 1, py: 1, px: 1, dy: 1, dx: 1 };

/** @param input which of the two is read: x or dy */
const shapeClass = (p: ConvSizes, defaults: ShapeClass<Convolution>["defaults"], input: "x" | "dy"): ShapeClass<Convolution> => ({
  defaults,
  example(plan) {
    const shapes = [[p.B, p.I, p.H, p.W] as const, [p.B, p.O, p.OH, p.OW] as const];
    const [from = [], to = []] = input === "x" ? shapes : shapes.toReversed();
    const [x, w] = [plan.input(input, from), plan.input("w", [p.O, p.I, p.KH, p.KW])];
    const size = to.reduce((a, b) => a * b, 1);
    const y: Operand = { slot: plan.slot("result", 4 * size), shape: to, dtype: "f32" };
    const numbers = (operand: Operand) =>
      Float32Array.from({ length: operand.shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1 + 1.7 * i));
    return { task: { x, w, y, p }, result: y, feed: [[x, numbers(x)] as const, [w, numbers(w)] as const] };
  },
});

const DEFAULTS = { swiftshader: "block-sub", llvmpipe: "block-sub", gpu: "product" };
const GENERAL = { swiftshader: "product", llvmpipe: "product", gpu: "product" };
const STRIDED: ConvSizes = { ...SIZES, H: 32, W: 32, sy: 2, sx: 2 };

const classes = (input: "x" | "dy") => ({ "3x3": shapeClass(SIZES, DEFAULTS, input), other: shapeClass(STRIDED, GENERAL, input) });

export const CONV2D_OFFERS: Offers<Convolution> = { family: CONV2D, variants: variantsOf(forward), classes: classes("x") };
export const CONV2D_INPUT_OFFERS: Offers<Convolution> = { family: CONV2D_INPUT, variants: variantsOf(backward), classes: classes("dy") };

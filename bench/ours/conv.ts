import { Plan } from "../../src/gpu/plan.ts";
import { conv2d } from "../../src/ops/conv2d.ts";
import { CONV, type ConvPart } from "../cases/conv.ts";
import { BackwardTape } from "./backward_tape.ts";
import { given, gradientOf, type OursCase } from "./ours.ts";

/** One of the three convolutions of a step, alone. */
export const convolution =
  (part: ConvPart): OursCase =>
  (gpu, { B = 0, I = 0, O = 0, H = 0 }, inputs) => {
    const plan = new Plan(gpu, `conv ${part}`);
    const tape = new BackwardTape(plan, part !== "forward");
    const [x, w] = [tape.input("x", [B, I, H, H]), tape.input("w", [O, I, 3, 3])];
    x.requiresGrad = part === "input";
    w.requiresGrad = part === "weight";
    const y = conv2d(tape, x, w, CONV);
    const used = { x, w };
    const feed = Object.entries(used).flatMap(([name, operand]) => (inputs[name] ? [[operand, given(inputs, name, "f32")] as const] : []));
    if (part === "forward") return { plan, results: { y }, feed };
    const dy = tape.input("dy", y.shape);
    tape.pull(y, dy);
    const results = part === "input" ? { dx: gradientOf(tape, x) } : { dw: gradientOf(tape, w) };
    return { plan, results, feed: [...feed, [dy, given(inputs, "dy", "f32")]] };
  };

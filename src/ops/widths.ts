import type { Tape } from "../autograd.ts";
import type { Tensor } from "../tensor.ts";
import { sumRuns } from "./reduce.ts";
import { copy } from "./scale.ts";

// Ops on activations keep the type of what they read; what they hand back, gradients, is f32 always and passes here as it is.

/** x in f16. */
export const narrow = (tape: Tape, x: Tensor): Tensor => tape.record(copy(tape, x, "f16"), [x], (dy) => [dy]);

/** x in f32, as every other op takes it: x itself where it is already. */
export const widen = (tape: Tape, x: Tensor): Tensor =>
  x.dtype === "f32" ? x : tape.record(sumRuns(tape, x, 1, 1).as(x.shape), [x], (dy) => [dy]);

import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Dtype } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";

/** factor * x, with a number known while recording. */
export function scale(tape: Tape, x: Tensor, factor: number): Tensor {
  const y = scaled(tape, x, factor);
  return tape.record(y, [x], (dy) => [dy.constant === undefined ? scaled(tape, dy, factor) : filled(tape, x.shape, dy.constant * factor)]);
}

/** d * x, with a scalar `d` that may exist on the device only: the chain rule below a loss. Not differentiable itself. */
export function scaleBy(tape: Tape, x: Tensor, d: Tensor): Tensor {
  if (d.constant === 1) return x;
  if (d.constant !== undefined) return scaled(tape, x, d.constant);
  const y = tape.tensor(x.shape, "f32", "scaled");
  tape.launch(kernels.scaleBy, { x, d, y }, { N: x.size }, elementwise(x.size), { flops: x.size });
  return y;
}

/** The tensor with its bytes: a gradient that is a constant known while recording has none until it is written out here. */
export function materialise(tape: Tape, x: Tensor): Tensor {
  return x.constant === undefined ? x : filled(tape, x.shape, x.constant);
}

/** The same numbers in another place, rounded where that is f16. Not differentiable itself. */
export function copy(tape: Tape, x: Tensor, dtype: "f32" | "f16" = "f32"): Tensor {
  return scaled(tape, x, 1, dtype);
}

function scaled(tape: Tape, x: Tensor, factor: number, dtype: Dtype = "f32"): Tensor {
  const y = tape.tensor(x.shape, dtype, "scaled");
  tape.launch(kernels.scale, { x, y }, { N: x.size, factor }, elementwise(x.size), { flops: x.size });
  return y;
}

/** One value everywhere. */
export function filled(tape: Tape, shape: readonly number[], value: number): Tensor {
  const y = tape.tensor(shape, "f32", "constant");
  tape.launch(kernels.fill, { y }, { N: y.size, value }, elementwise(y.size));
  return y;
}

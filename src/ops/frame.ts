import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise, perItem } from "./grid.ts";
import { materialise } from "./scale.ts";

/** Step `t` of every sequence: x[B, T, H] -> [B, H]; t < 0 counts from the end. @throws ShapeError unless x has that step. */
export function frame(tape: Tape, x: Tensor, t: number): Tensor {
  const [B = 0, T = 0, H = 0] = x.shape;
  if (x.shape.length !== 3 || !Number.isInteger(t) || t >= T || t < -T) throw new ShapeError(`frame: no step ${t} in [${x.shape}]`);
  const params = { B, T, H, t: t < 0 ? T + t : t };
  const y = tape.tensor([B, H], "f32", "frame");
  tape.launch(kernels.frame, { x, y }, params, perItem(y.size), { flops: y.size });
  return tape.record(y, [x], (dy) => {
    const dx = tape.tensor(x.shape, "f32", "d frame");
    tape.launch(kernels.frameDx, { dy: materialise(tape, dy), dx }, params, elementwise(x.size), { flops: x.size });
    return [dx];
  });
}

/** x[B, M, N] -> [B, N, M]: channels first to channels last, and back. @throws ShapeError unless x has three dimensions. */
export function swapAxes(tape: Tape, x: Tensor): Tensor {
  if (x.shape.length !== 3) throw new ShapeError(`swapAxes: expected [B, M, N], got [${x.shape}]`);
  return tape.record(swapped(tape, x), [x], (dy) => [
    swapped(tape, materialise(tape, dy).as([x.shape[0] ?? 0, x.shape[2] ?? 0, x.shape[1] ?? 0])),
  ]);
}

function swapped(tape: Tape, x: Tensor): Tensor {
  const [B = 0, M = 0, N = 0] = x.shape;
  const y = tape.tensor([B, N, M], "f32", "swapped axes");
  tape.launch(kernels.swapAxes, { x, y }, { B, M, N }, elementwise(x.size), { flops: x.size });
  return y;
}

import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { materialise } from "./scale.ts";

/** a[..., M] and b[..., N] side by side: [..., M + N], as torch.cat over the last dimension. @throws ShapeError when the others differ */
export function concat(tape: Tape, a: Tensor, b: Tensor): Tensor {
  const [M = 0, N = 0] = [a.shape.at(-1), b.shape.at(-1)];
  const rows = a.shape.slice(0, -1);
  if (rows.join() !== b.shape.slice(0, -1).join() || M === 0 || N === 0)
    throw new ShapeError(`concat: [${a.shape}] and [${b.shape}]: all dimensions but the last must agree`);
  const R = a.size / M;
  const y = tape.tensor([...rows, M + N], "f32", "concat");
  tape.launch(kernels.concat, { a, b, y }, { R, M, N }, elementwise(y.size), { flops: y.size });
  return tape.record(y, [a, b], (dy) => {
    const whole = materialise(tape, dy);
    return [a.requiresGrad ? columns(tape, whole, R, 0, a) : null, b.requiresGrad ? columns(tape, whole, R, M, b) : null];
  });
}

/** The columns of x[R, N] from `first` on that have the place of `like`. */
function columns(tape: Tape, x: Tensor, R: number, first: number, like: Tensor): Tensor {
  const y = tape.tensor(like.shape, "f32", "d concat");
  tape.launch(kernels.columns, { x, y }, { R, N: x.size / R, C: y.size / R, first }, elementwise(y.size), { flops: y.size });
  return y;
}

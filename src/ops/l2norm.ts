import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";
import { materialise } from "./scale.ts";

/** Rows of x[B, D] divided by their length (at least 1e-12), as torch.nn.functional.normalize. @throws ShapeError unless x is a matrix. */
export function l2norm(tape: Tape, x: Tensor): Tensor {
  const [B = 0, D = 0] = x.shape;
  if (x.shape.length !== 2) throw new ShapeError(`l2norm: expected [B, D], got [${x.shape}]`);
  const y = tape.tensor(x.shape, "f32", "l2norm");
  const inverse = tape.tensor([B], "f32", "l2norm inverse lengths");
  tape.launch(kernels.l2norm, { x, y, inverse }, { B, D }, perItem(B), { flops: 3 * x.size });
  return tape.record(y, [x], (dy) => {
    const dx = tape.tensor(x.shape, "f32", "d l2norm");
    tape.launch(kernels.l2normDx, { y, inverse, g: materialise(tape, dy), dx }, { B, D }, perItem(B), { flops: 5 * x.size });
    return [dx];
  });
}

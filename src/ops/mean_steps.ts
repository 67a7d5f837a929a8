import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise, perItem } from "./grid.ts";
import { materialise } from "./scale.ts";

/**
 * Means of x[B, C, T] over the first length[b] steps, [B, C]; 0 where a length is 0.
 * @param length u32[B], each at most T
 * @throws ShapeError when sizes do not match
 */
export function meanSteps(tape: Tape, x: Tensor, length: Operand): Tensor {
  const [B = 0, C = 0, T = 0] = x.shape;
  if (x.shape.length !== 3 || length.shape.join() !== String(B))
    throw new ShapeError(`meanSteps: expected [B, C, T] and lengths [B], got [${x.shape}] and [${length.shape}]`);
  const y = tape.tensor([B, C], "f32", "mean over steps");
  tape.launch(kernels.meanSteps, { x, length, y }, { B, C, T }, perItem(y.size), { flops: x.size });
  return tape.record(y, [x], (dy) => {
    const dx = tape.tensor(x.shape, "f32", "d mean over steps");
    tape.launch(kernels.meanStepsDx, { dy: materialise(tape, dy), length, dx }, { B, C, T }, elementwise(x.size), { flops: x.size });
    return [dx];
  });
}

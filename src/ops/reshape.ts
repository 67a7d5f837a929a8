import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import { elements } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { materialise } from "./scale.ts";

/** The same numbers in the same order under another shape: no launch. @throws ShapeError when the sizes differ. */
export function reshape(tape: Tape, x: Tensor, shape: readonly number[]): Tensor {
  if (elements(shape) !== x.size) throw new ShapeError(`reshape: [${x.shape}] has ${x.size} elements, [${shape}] has ${elements(shape)}`);
  return tape.record(x.as(shape), [x], (dy) => [materialise(tape, dy).as(x.shape)]);
}

/** [B, ...] -> [B, product of the rest]. */
export function flatten(tape: Tape, x: Tensor): Tensor {
  const batch = x.shape[0] ?? 1;
  return reshape(tape, x, [batch, x.size / batch]);
}

import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { materialise } from "./scale.ts";

/** a + b, element by element. No broadcasting. @throws ShapeError when the shapes differ. */
export function add(tape: Tape, a: Tensor, b: Tensor): Tensor {
  if (a.shape.join() !== b.shape.join()) throw new ShapeError(`add: [${a.shape}] and [${b.shape}] differ`);
  const y = tape.tensor(a.shape, a.dtype, "add");
  // The tape adds gradients with this op too, and those may be constants without bytes.
  const operands = { a: materialise(tape, a), b: materialise(tape, b), y };
  tape.launch(kernels.add, operands, { N: y.size }, elementwise(y.size), { flops: y.size });
  return tape.record(y, [a, b], (dy) => [dy, dy]);
}

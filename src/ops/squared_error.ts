import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import { elements, type Operand } from "../gpu/slot.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { sum } from "./reduce.ts";
import { scaleBy } from "./scale.ts";

/**
 * factor / 2 times the sum of (x - goal)^2, [1]. Where a frame must not count, its goal is x itself.
 * @param factor 1 / (numbers that count) makes it half a mean
 * @throws ShapeError when sizes differ
 */
export function squaredError(tape: Tape, x: Tensor, goal: Operand, factor: number): Tensor {
  if (elements(goal.shape) !== x.size) throw new ShapeError(`squaredError: [${x.shape}] and [${goal.shape}] differ`);
  const [row, dx] = [tape.tensor(x.shape, "f32", "squared errors"), tape.tensor(x.shape, "f32", "d squared error")];
  tape.launch(kernels.squaredError, { x, y: goal, row, dx }, { N: x.size, factor }, elementwise(x.size), { flops: 4 * x.size });
  const loss = sum(tape, row);
  return tape.record(loss, [x], (d) => [scaleBy(tape, dx, d)]);
}

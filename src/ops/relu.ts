import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise } from "./grid.ts";
import { materialise } from "./scale.ts";

/** max(x, 0). The gradient at 0 is 0. After a batch norm use that op's `relu` option: it costs nothing there. */
export function relu(tape: Tape, x: Tensor): Tensor {
  const y = tape.tensor(x.shape, x.dtype, "relu");
  tape.launch(kernels.relu, { x, y }, { N: x.size }, elementwise(x.size), { flops: x.size });
  return tape.record(y, [x], (dy) => {
    const dx = tape.tensor(x.shape, "f32", "d relu");
    tape.launch(kernels.reluDx, { y, g: materialise(tape, dy), dx }, { N: x.size }, elementwise(x.size), { flops: x.size });
    return [dx];
  });
}

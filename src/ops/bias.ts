import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise, perItem, rowsPerChunk } from "./grid.ts";
import { sumSplits } from "./reduce.ts";
import { materialise } from "./scale.ts";

/**
 * Adds bias[C] to y[B, C, ...] **in place**: only for an op that has just made `y` and whose backward does not read it.
 * @throws ShapeError when bias does not have C elements.
 */
export function addBias(tape: Tape, y: Tensor, bias: Tensor): Tensor {
  const [B = 1, C = 1] = y.shape;
  if (bias.size !== C) throw new ShapeError(`bias [${bias.shape}] for an output [${y.shape}]: expected [${C}]`);
  const P = y.size / (B * C);
  tape.launch(kernels.biasAdd, { bias, y }, { B, C, P }, elementwise(y.size), { flops: y.size });
  return tape.record(y.as(y.shape), [y, bias], (dy) => [dy, bias.requiresGrad ? channelSum(tape, dy) : null]);
}

/** Sum of x[B, C, ...] over everything but C: [C]. Not differentiable itself. */
export function channelSum(tape: Tape, x: Tensor): Tensor {
  const [B = 1, C = 1] = x.shape;
  const rows = rowsPerChunk(B, C);
  const part = tape.tensor([Math.ceil(B / rows), C], "f32", "d bias parts");
  const params = { B, C, P: x.size / (B * C), rows };
  tape.launch(kernels.channelSum, { x: materialise(tape, x), part }, params, perItem(part.size), { flops: x.size });
  return sumSplits(tape, part, [C]);
}

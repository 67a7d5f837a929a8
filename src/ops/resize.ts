import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";
import { materialise } from "./scale.ts";

/**
 * x[B, C, H, W] at another height and width, as torch.nn.functional.interpolate with mode bilinear and align_corners false: no
 * antialiasing, so meant for making maps larger.
 * @throws ShapeError unless x has four dimensions, UsageError for a size that is no positive integer
 */
export function resize(tape: Tape, x: Tensor, [OH, OW]: readonly [number, number]): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = x.shape;
  if (x.shape.length !== 4) throw new ShapeError(`resize: expected [B, C, H, W], got [${x.shape}]`);
  if (![OH, OW].every((size) => Number.isSafeInteger(size) && size >= 1)) throw new UsageError(`resize: to ${OH} x ${OW} pixels`);
  if (OH === H && OW === W) return x;
  const y = tape.tensor([B, C, OH, OW], "f32", "resize");
  const params = { N: B * C, H, W, OH, OW };
  tape.launch(kernels.resize, { x, y }, params, perItem(y.size), { flops: 12 * y.size });
  return tape.record(y, [x], (dy) => {
    const dx = tape.tensor(x.shape, "f32", "d resize");
    tape.launch(kernels.resizeDx, { g: materialise(tape, dy), dx }, params, perItem(x.size), { flops: 24 * Math.max(x.size, y.size) });
    return [dx];
  });
}

import type { Tape } from "../autograd.ts";
import { ShapeError, UsageError } from "../errors.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { convSize } from "./conv2d.ts";
import { perItem } from "./grid.ts";
import { spread, sumRuns } from "./reduce.ts";
import { materialise } from "./scale.ts";

export interface MaxPoolOptions {
  readonly kernel: number;
  /** Default: the kernel. */
  readonly stride?: number;
  /** Pixels around the image that never win; at most half the kernel. Default 0. */
  readonly padding?: number;
}

/**
 * Maxima of square windows of x[B, C, H, W] -> [B, C, OH, OW]. The gradient goes to the first maximum of each window.
 * @throws ShapeError unless x has four dimensions, UsageError on sizes that make no window.
 */
export function maxPool(tape: Tape, x: Tensor, { kernel: K, stride = K, padding: pad = 0 }: MaxPoolOptions): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = x.shape;
  if (x.shape.length !== 4) throw new ShapeError(`maxPool: expected [B, C, H, W], got [${x.shape}]`);
  const whole = [K, stride, pad].every(Number.isSafeInteger);
  if (!whole || K < 1 || stride < 1 || pad < 0 || 2 * pad > K)
    throw new UsageError(`maxPool: kernel ${K}, stride ${stride}, padding ${pad}`);
  const [OH, OW] = [convSize(H, K, stride, pad, 1), convSize(W, K, stride, pad, 1)];
  const y = tape.tensor([B, C, OH, OW], x.dtype, "maxPool");
  const at = tape.tensor([B, C, OH, OW], "u32", "maxPool places");
  const params = { N: B * C, H, W, OH, OW, K, stride, pad };
  tape.launch(kernels.maxPool, { x, y, at }, params, perItem(y.size), { flops: y.size * K * K });
  return tape.record(y, [x], (dy) => {
    const dx = tape.tensor(x.shape, "f32", "d maxPool");
    tape.launch(kernels.maxPoolDx, { g: materialise(tape, dy), at, dx }, params, perItem(x.size), { flops: y.size * K * K });
    return [dx];
  });
}

/** Mean over all pixels of every channel: [B, C, H, W] -> [B, C]. @throws ShapeError unless x has four dimensions. */
export function globalMeanPool(tape: Tape, x: Tensor): Tensor {
  const [B = 0, C = 0, H = 0, W = 0] = x.shape;
  if (x.shape.length !== 4) throw new ShapeError(`globalMeanPool: expected [B, C, H, W], got [${x.shape}]`);
  const y = sumRuns(tape, x, H * W, 1 / (H * W)).as([B, C]);
  return tape.record(y, [x], (dy) => [spread(tape, dy, x.shape, H * W, 1 / (H * W))]);
}

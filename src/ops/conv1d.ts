import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { conv2d } from "./conv2d.ts";
import { reshape } from "./reshape.ts";

export interface Conv1dOptions {
  /** Default 1. */
  readonly stride?: number;
  /** Zeros before the first step; default 0. */
  readonly padding?: number;
  /** Zeros after the last; default: as many as before. */
  readonly paddingAfter?: number;
  /** Distance between taps; default 1. */
  readonly dilation?: number;
  readonly bias?: Tensor | undefined;
}

/**
 * Cross-correlation of x[B, I, T] with weight[O, I, K], as torch.nn.functional.conv1d: -> [B, O, T']. It is conv2d over images of height 1,
 * whose kernels do the same work for it: no launch more.
 * @throws ShapeError when shapes do not match, UsageError as conv2d
 */
export function conv1d(tape: Tape, x: Tensor, weight: Tensor, options: Conv1dOptions = {}): Tensor {
  const [B = 0, I = 0, T = 0] = x.shape;
  const [O = 0, , K = 0] = weight.shape;
  if (x.shape.length !== 3 || weight.shape.join() !== [O, I, K].join())
    throw new ShapeError(`conv1d: expected [B, I, T] and a weight [O, I, K], got [${x.shape}] and [${weight.shape}]`);
  const { stride = 1, padding = 0, paddingAfter = padding, dilation = 1, bias } = options;
  const y = conv2d(tape, reshape(tape, x, [B, I, 1, T]), reshape(tape, weight, [O, I, 1, K]), {
    ...{ stride: [1, stride], padding: [0, padding], paddingAfter: [0, paddingAfter], dilation: [1, dilation], bias },
  });
  return reshape(tape, y, [B, O, y.shape[3] ?? 0]);
}

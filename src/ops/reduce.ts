import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Tensor } from "../tensor.ts";
import { elementwise, perItem } from "./grid.ts";
import { filled } from "./scale.ts";

/** Sum of all elements, [1]. Fixed order. */
export function sum(tape: Tape, x: Tensor): Tensor {
  return total(tape, x, 1);
}

/** Mean of all elements, [1]. Fixed order. */
export function mean(tape: Tape, x: Tensor): Tensor {
  return total(tape, x, 1 / x.size);
}

function total(tape: Tape, x: Tensor, factor: number): Tensor {
  // Two stages of about sqrt(N) additions each; a few hundred elements are summed at once.
  const length = x.size <= 256 ? x.size : 4 * Math.ceil(Math.sqrt(x.size) / 4);
  const runs = length === x.size ? x : sumRuns(tape, x, length, 1);
  const y = sumRuns(tape, runs, runs.size, factor).as([1]);
  return tape.record(y, [x], (dy) => [spread(tape, dy, x.shape, x.size, factor)]);
}

/** y[r] = factor * (x[r*length] + ... ): sums of consecutive runs. Not differentiable itself. */
export function sumRuns(tape: Tape, x: Tensor, length: number, factor: number): Tensor {
  const runs = Math.ceil(x.size / length);
  const y = tape.tensor([runs], "f32", "sums");
  tape.launch(kernels.sumRuns, { x, y }, { N: x.size, L: length, factor }, perItem(runs), { flops: x.size });
  return y;
}

/** Every value of x repeated `length` times, times `factor`: the transpose of `sumRuns`. Not differentiable itself. */
export function spread(tape: Tape, x: Tensor, shape: readonly number[], length: number, factor: number): Tensor {
  if (x.constant !== undefined) return filled(tape, shape, x.constant * factor);
  const y = tape.tensor(shape, "f32", "spread");
  const params = { N: y.size, L: length, factor };
  tape.launch(kernels.spread, { x, y }, params, elementwise(y.size), { flops: y.size });
  return y;
}

/** Second stage of a split reduction: part[S, ...shape] summed over S in order. Not differentiable itself. */
export function sumSplits(tape: Tape, part: Tensor, shape: readonly number[]): Tensor {
  const y = tape.tensor(shape, "f32", "sum");
  const params = { S: part.size / y.size, N: y.size };
  tape.launch(kernels.sumSplits, { part, y }, params, perItem(y.size), { flops: part.size });
  return y;
}

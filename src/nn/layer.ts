import type { Tape } from "../autograd.ts";
import type { Tensor } from "../tensor.ts";

/** A function from tensor to tensor, with its parameters inside. */
export type Layer = (tape: Tape, x: Tensor) => Tensor;

/** One layer after the other. */
export function sequential(...layers: readonly Layer[]): Layer {
  return (tape, x) => layers.reduce((y, layer) => layer(tape, y), x);
}

import { type Dtype, elements, type Operand, type Slot } from "./gpu/slot.ts";

/** A shape and a type over a place in the plan. Holds no numbers: those exist on the device once the plan runs. */
export class Tensor implements Operand {
  /** Whether a gradient must reach this tensor. Set by `Tape.record` and by parameters. */
  requiresGrad = false;
  /** A value known while recording and shared by all elements (the seed of backward is 1): lets ops skip a multiplication. */
  constant: number | undefined;

  constructor(
    readonly slot: Slot,
    readonly shape: readonly number[],
    readonly dtype: Dtype = "f32",
  ) {}

  get size(): number {
    return elements(this.shape);
  }

  /** The same bytes under another shape. No gradient is recorded: ops use it inside, `ops/reshape` is the differentiable one. */
  as(shape: readonly number[]): Tensor {
    return new Tensor(this.slot, shape, this.dtype);
  }
}

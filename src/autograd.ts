import { InternalError, ShapeError } from "./errors.ts";
import type { KernelSpec, OperandsOf, ParamsOf } from "./gpu/kernel.ts";
import type { LaunchOptions, Plan } from "./gpu/plan.ts";
import { bytesFor, type Dtype, type Operand } from "./gpu/slot.ts";
import type { Family } from "./gpu/variants.ts";
import { Tensor } from "./tensor.ts";

/** Gradient of the loss with respect to each parent, in order; null where the parent needs none. */
export type Backward = (gradient: Tensor) => readonly (Tensor | null)[];

interface Node {
  readonly out: Tensor;
  readonly parents: readonly Tensor[];
  readonly backward: Backward;
}

/**
 * Records one computation: ops append launches to the plan and, when training, a node to the tape. `backward` walks the nodes
 * in reverse and lets each append the launches of its gradient. The tape knows no op by name.
 */
export class Tape {
  readonly #nodes: Node[] = [];
  readonly #gradients = new Map<Tensor, Tensor>();

  /**
   * @param training batch statistics and gradients (true), or running statistics and no gradients (false).
   * @param sum how two gradients of one tensor are added (`ops/add`); given from above because the tape launches nothing itself.
   */
  constructor(
    readonly plan: Plan,
    readonly training: boolean,
    private readonly sum: (tape: Tape, a: Tensor, b: Tensor) => Tensor,
  ) {}

  /** A tensor that lives within the plan's step; its bytes are undefined until a launch has written them. */
  tensor(shape: readonly number[], dtype: Dtype = "f32", label = "activation"): Tensor {
    return new Tensor(this.plan.slot(label, bytesFor(shape, dtype)), shape, dtype);
  }

  /** A tensor that the host fills at each run of the plan. */
  input(label: string, shape: readonly number[], dtype: Dtype = "f32"): Tensor {
    return new Tensor(this.plan.input(label, shape, dtype).slot, shape, dtype);
  }

  launch<K extends KernelSpec>(
    kernel: K,
    operands: OperandsOf<K, Operand>,
    params: ParamsOf<K>,
    grid: readonly number[],
    options?: LaunchOptions,
  ): void {
    this.plan.launch(kernel, operands, params, grid, options);
  }

  /** Appends the launches of a family's variant for this adapter (gpu/variants.ts). */
  perform<T>(family: Family<T>, task: T): void {
    this.plan.perform(family, task);
  }

  /** Declares that `out` was computed from `parents`. Parents that are data (a bank, indices) are left out by the caller. */
  record(out: Tensor, parents: readonly Tensor[], backward: Backward): Tensor {
    if (!this.training || !parents.some((p) => p.requiresGrad)) return out;
    out.requiresGrad = true;
    this.#nodes.push({ out, parents, backward });
    return out;
  }

  /** Appends the launches of d (factor * loss) / d everything. `loss` has one element. Gradients are then at `gradient(tensor)`. */
  backward(loss: Tensor, factor = 1): void {
    if (loss.size !== 1) throw new ShapeError(`backward: the loss must have one element, got [${loss.shape}]. Sum or average it first.`);
    const one = new Tensor(loss.slot, loss.shape);
    one.constant = factor;
    this.#gradients.set(loss, one);
    for (const node of this.#nodes.toReversed()) {
      const gradient = this.#gradients.get(node.out);
      if (gradient) this.#pass(node, gradient);
    }
  }

  #pass(node: Node, gradient: Tensor): void {
    const parts = node.backward(gradient);
    if (parts.length !== node.parents.length)
      throw new InternalError(`backward gave ${parts.length} gradients for ${node.parents.length} parents`);
    node.parents.forEach((parent, i) => {
      const part = parts[i];
      if (!part || !parent.requiresGrad) return;
      if (part.size !== parent.size) throw new InternalError(`gradient [${part.shape}] for a tensor [${parent.shape}]`);
      const before = this.#gradients.get(parent);
      this.#gradients.set(parent, before ? this.sum(this, before, part) : part);
    });
  }

  /** The gradient of a tensor after `backward`, or undefined when the loss does not depend on it. */
  gradient(tensor: Tensor): Tensor | undefined {
    return this.#gradients.get(tensor);
  }
}

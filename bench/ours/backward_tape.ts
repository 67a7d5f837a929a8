import { Tape } from "../../src/autograd.ts";
import type { Plan } from "../../src/gpu/plan.ts";
import type { Family } from "../../src/gpu/variants.ts";
import { add } from "../../src/ops/add.ts";
import type { Tensor } from "../../src/tensor.ts";

/**
 * A tape whose gradients begin at a given tensor instead of a loss, and which can leave the forward launches out of its plan: for a
 * gradient on its own, where the operation does not need its own result for it.
 */
export class BackwardTape extends Tape {
  #silent: boolean;

  /** @param alone whether launches count only from `pull` on */
  constructor(plan: Plan, alone: boolean) {
    super(plan, true, add);
    this.#silent = alone;
  }

  override launch(...args: Parameters<Tape["launch"]>): void {
    if (!this.#silent) super.launch(...args);
  }

  override perform<T>(family: Family<T>, task: T): void {
    if (!this.#silent) super.perform(family, task);
  }

  /** Appends the gradients of sum(dy * y). */
  pull(y: Tensor, dy: Tensor): void {
    this.#silent = false;
    const loss = this.tensor([1]);
    this.record(loss, [y], () => [dy]);
    this.backward(loss);
  }
}

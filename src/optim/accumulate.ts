import type { Tape } from "../autograd.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Slot } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import type { Parameters } from "../nn/parameters.ts";

/**
 * Adds up the gradients of a step that is made of several tapes. The first of them writes the gradient store
 * (`parameters.collect(tape)`), every later one is added to it. Holds one more set of gradients.
 */
export class Accumulator {
  readonly #part: Store;
  readonly #places: ReadonlyMap<string, { readonly slot: Slot }>;

  /** Call it once all parameters have been added. */
  constructor(readonly parameters: Parameters) {
    this.#part = new Store(parameters.gpu, "gradients of a part", "gradients");
    this.#places = new Map(
      [...parameters.tensors()].map(([name, { slot }]) => [name, { slot: this.#part.add(`d ${name}`, slot.bytes) }] as const),
    );
  }

  /** After `tape.backward`: collects the tape's gradients and appends their addition, one launch. */
  add(tape: Tape): void {
    this.parameters.collect(tape, this.#places);
    const sum = this.parameters.gradients.all();
    const [N = 0] = sum.shape;
    tape.launch(kernels.accumulate, { part: this.#part.all(), sum }, { N }, [Math.ceil(N / 256)], { flops: N });
  }

  /** Frees the device memory. */
  destroy(): void {
    this.#part.destroy();
  }
}

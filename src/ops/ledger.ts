import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import type { Tensor } from "../tensor.ts";

/** Most scalars that a step can note. */
const COLUMNS = 4;

/**
 * A ring of scalars on the device, one row a step: reading the loss of every step would stall every step (a readback costs
 * 5 to 7 ms), so rows are fetched together, every `length` steps or sooner.
 */
export class Ledger {
  readonly #store: Store;
  readonly #ring: Operand;
  readonly #names: string[] = [];

  constructor(
    gpu: Gpu,
    readonly length: number,
  ) {
    this.#store = new Store(gpu, "ledger", "results");
    this.#ring = { slot: this.#store.add("ring", 4 * COLUMNS * length), shape: [COLUMNS * length], dtype: "f32" };
  }

  /**
   * Appends the launch that notes these scalars (each f32[1], one to four of them) at every step.
   * @param share of a step that is made of equal parts: its mean is noted, part by part. The first call is of the first part.
   */
  note(tape: Tape, scalars: { readonly [name: string]: Tensor }, share = 1): void {
    const tensors = Object.values(scalars);
    const add = this.#names.length === 0 ? 0 : 1;
    const [a, b = a, c = a, d = a] = tensors;
    if (!a || !b || !c || !d || tensors.length > COLUMNS)
      throw new ShapeError(`a ledger notes 1 to ${COLUMNS} scalars, got ${tensors.length}`);
    if (add === 0) this.#names.push(...Object.keys(scalars));
    tape.launch(kernels.ledger, { a, b, c, d, ring: this.#ring }, { R: this.length, share, add }, [1]);
  }

  /** The scalars of steps `from` (included) to `to` (excluded), at most `length` of them, the last ones run. */
  async read(from: number, to: number): Promise<{ [name: string]: number }[]> {
    const ring = await this.#store.read(this.#ring.slot, "f32");
    return Array.from({ length: to - from }, (_, i) => {
      const base = COLUMNS * ((from + i) % this.length);
      return Object.fromEntries(this.#names.map((name, column) => [name, ring[base + column] ?? Number.NaN]));
    });
  }

  destroy(): void {
    this.#store.destroy();
  }
}

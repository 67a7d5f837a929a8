import type { Tape } from "../autograd.ts";
import { ShapeError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import * as kernels from "../gpu/kernels.gen.ts";
import type { Operand } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";
import type { Tensor } from "../tensor.ts";
import { perItem } from "./grid.ts";

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
  readonly #series = new Map<string, Operand>();

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

  /** Appends the launch that notes a vector f32[N] at every step; its entries are read as `name 1` to `name N`. */
  noteSeries(tape: Tape, name: string, values: Tensor): void {
    const N = values.size;
    const ring: Operand = { slot: this.#store.add(`ring of ${name}`, 4 * N * this.length), shape: [N * this.length], dtype: "f32" };
    this.#series.set(name, ring);
    tape.launch(kernels.ledgerSeries, { values, ring }, { N, R: this.length }, perItem(N));
  }

  /** The scalars of steps `from` (included) to `to` (excluded), at most `length` of them, the last ones run. */
  async read(from: number, to: number): Promise<{ [name: string]: number }[]> {
    const columns = [await this.#columns(this.#ring, COLUMNS, this.#names)];
    for (const [name, ring] of this.#series) {
      const N = (ring.shape[0] ?? 0) / this.length;
      columns.push(
        await this.#columns(
          ring,
          N,
          Array.from({ length: N }, (_, i) => `${name} ${i + 1}`),
        ),
      );
    }
    return Array.from({ length: to - from }, (_, i) => Object.fromEntries(columns.flatMap((of) => of((from + i) % this.length))));
  }

  /** Named entries of each row of a ring. */
  async #columns({ slot }: Operand, width: number, names: readonly string[]): Promise<(row: number) => [string, number][]> {
    const ring = await this.#store.read(slot, "f32");
    return (row) => names.map((name, column) => [name, ring[width * row + column] ?? Number.NaN]);
  }

  destroy(): void {
    this.#store.destroy();
  }
}

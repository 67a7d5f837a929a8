import { InternalError, UsageError } from "../errors.ts";
import { fromHalf, halvesFinite, LARGEST_HALF, toHalf } from "../formats/half.ts";
import type { Gpu } from "../gpu/device.ts";
import { bytesOf, readBytes, writeBytes } from "../gpu/layout.ts";
import { elements, type Operand, type Purpose } from "../gpu/slot.ts";
import { Store } from "../gpu/store.ts";

/** How the numbers of a bank are kept: f32, or halves, which take half the memory and are computed with as f32. */
export type Precision = "f32" | "f16";
export const PRECISIONS: readonly Precision[] = ["f32", "f16"];

/**
 * Rows in memory that persists, of any number: where one binding does not reach all of them, they are cut into shards, each a buffer of its
 * own. What holds for all of it is here; kernels get `operand`, and need not know (see `Layout`).
 */
export class Table {
  readonly operand: Operand;
  readonly #stores: readonly Store[];
  /** Numbers in each shard but the last. */
  readonly #each: number;

  /** @param shape its product a multiple of 4 */
  constructor(
    readonly gpu: Gpu,
    label: string,
    purpose: Purpose,
    shape: readonly number[],
    readonly precision: Precision = "f32",
  ) {
    const half = precision === "f16";
    const numbers = elements(shape);
    const { maxBufferSize, maxStorageBufferBindingSize } = gpu.limits;
    const fours = Math.max(1, Math.floor(Math.min(maxBufferSize, maxStorageBufferBindingSize) / (half ? 8 : 16)));
    const shift = Math.min(31, Math.floor(Math.log2(fours)));
    const count = numbers <= 4 * fours ? 1 : Math.ceil(numbers / (4 * 2 ** shift));
    this.#each = count === 1 ? numbers : 4 * 2 ** shift;
    const slots = Array.from({ length: count }, (_, i) => {
      const store = new Store(gpu, count === 1 ? label : `${label}, shard ${i + 1} of ${count}`, purpose);
      const held = Math.min(this.#each, numbers - i * this.#each);
      return { store, slot: store.add(`${shape.join(" x ")} ${precision}`, (half ? 2 : 4) * held) };
    });
    const [slot, ...more] = slots.map((made) => made.slot);
    if (!slot) throw new InternalError(`${label}: expected some rows, got [${shape}]`);
    this.#stores = slots.map(({ store }) => store);
    this.operand = { slot, shape, dtype: "f32", ...((half || more.length > 0) && { layout: { half, shift, more } }) };
  }

  get bytes(): number {
    return bytesOf(this.operand);
  }

  /** Allocates now what the first plan would allocate when it opens. */
  allocate(): void {
    for (const store of this.#stores) store.allocate();
  }

  /** Writes all rows once they are allocated, shard by shard. @param make `count` rows from `first` on */
  writeLater(make: (first: number, count: number) => Float32Array): void {
    const { shape } = this.operand;
    const [numbers, D] = [elements(shape), shape.at(-1) ?? 1];
    this.#stores.forEach((store, i) => {
      const [from, to] = [i * this.#each, Math.min(numbers, (i + 1) * this.#each)];
      const first = Math.floor(from / D); // a shard may begin, and end, within a row
      const numbersOf = () => make(first, Math.ceil(to / D) - first).subarray(from - first * D, to - first * D);
      for (const slot of store.slots) store.writeLater(slot, () => this.#packed(numbersOf()));
    });
  }

  /** Replaces all rows. @throws ShapeError; UsageError where a number is beyond half precision */
  write(rows: Float32Array): void {
    writeBytes(this.operand, this.#packed(rows));
  }

  #packed(rows: Float32Array): Uint8Array {
    const packed = this.precision === "f16" ? toHalf(rows) : rows;
    if (packed instanceof Uint16Array && !halvesFinite(packed))
      throw new UsageError(`${this.operand.slot.label}: a row holds a number beyond ${LARGEST_HALF}, where half precision ends`);
    return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength);
  }

  /** All rows. Waits for the steps submitted so far. */
  async read(): Promise<Float32Array<ArrayBuffer>> {
    return numbersOf(this.operand);
  }

  destroy(): void {
    for (const store of this.#stores) store.destroy();
  }
}

/** All numbers of an operand that persists, as f32. Waits for the steps submitted so far. */
export async function numbersOf(operand: Operand): Promise<Float32Array<ArrayBuffer>> {
  const { buffer } = await readBytes(operand);
  return operand.layout?.half ? fromHalf(new Uint16Array(buffer)) : new Float32Array(buffer);
}

import { InternalError, OutOfGpuMemoryError, ShapeError } from "../errors.ts";
import type { Gpu } from "./device.ts";
import { readBuffer, type TypedArray } from "./readback.ts";
import { align, type Dtype, type Operand, type Purpose, Slot } from "./slot.ts";

/**
 * Memory that persists between steps: one buffer, cut into slots. Parameters, gradients, momentum, a bank: one store each, so
 * that a single launch can run over all of it. Allocated when the first plan that uses it opens; zero until written.
 */
export class Store {
  readonly slots: Slot[] = [];
  #bytes = 0;
  #buffer: GPUBuffer | undefined;
  /** Writes from before the allocation, the latest of each slot. */
  readonly #pending = new Map<number, { readonly slot: Slot; readonly data: () => TypedArray }>();

  constructor(
    readonly gpu: Gpu,
    readonly label: string,
    readonly purpose: Purpose,
  ) {}

  /** Bytes of the whole store, padding between slots included. */
  get bytes(): number {
    return this.#bytes;
  }

  get allocated(): boolean {
    return this.#buffer !== undefined;
  }

  /** The device buffer. For `src/gpu/` only. */
  get buffer(): GPUBuffer {
    if (!this.#buffer) throw new InternalError(`store ${this.label} was used before it was allocated`);
    return this.#buffer;
  }

  /** Reserves `bytes` (a multiple of 4). Slots start on 256-byte boundaries; the padding between them stays zero. */
  add(label: string, bytes: number): Slot {
    if (this.#buffer) throw new InternalError(`store ${this.label}: cannot add ${label} once it is allocated`);
    if (!Number.isSafeInteger(bytes) || bytes <= 0 || bytes % 4 !== 0) {
      throw new ShapeError(`${this.label}: ${label} needs a positive number of bytes in fours, got ${bytes}`);
    }
    const slot = new Slot(label, bytes, { store: this, offset: this.#bytes });
    this.#bytes += align(bytes);
    this.slots.push(slot);
    return slot;
  }

  /** The whole store as one flat operand: how an optimiser reaches every parameter in one launch. */
  all(dtype: Dtype = "f32"): Operand {
    if (this.#bytes === 0) throw new InternalError(`store ${this.label} is empty`);
    return { slot: new Slot(this.label, this.#bytes, { store: this, offset: 0 }), shape: [this.#bytes / 4], dtype };
  }

  /** Throws before anything is allocated when a slot or the store is larger than the adapter allows. */
  checkLimits(): void {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.gpu.limits;
    const largest = this.slots.reduce((a, b) => (b.bytes > a.bytes ? b : a), new Slot("nothing", 0));
    if (this.#bytes > maxBufferSize || largest.bytes > maxStorageBufferBindingSize) {
      throw new OutOfGpuMemoryError(
        `${this.label} needs ${this.#bytes} bytes (largest: ${largest.label}, ${largest.bytes}); ${this.gpu.name} allows ` +
          `${maxBufferSize} a buffer and ${maxStorageBufferBindingSize} a binding. Use fewer rows, a smaller dimension or a smaller batch.`,
      );
    }
  }

  allocate(): void {
    if (this.#buffer || this.#bytes === 0) return;
    this.checkLimits();
    const usage = 0x80 | 0x08 | 0x04; // STORAGE | COPY_DST | COPY_SRC
    this.#buffer = this.gpu.device.createBuffer({ label: this.label, size: this.#bytes, usage });
    for (const { slot, data } of this.#pending.values()) this.#upload(slot, data());
    this.#pending.clear();
  }

  /** Writes a slot (before allocation: remembered). `data` must fill it exactly. */
  write(slot: Slot, data: TypedArray): void {
    this.#check(slot, data);
    this.writeLater(slot, () => data);
  }

  /** Writes a slot once the store is allocated: start values that a recording alone, or a checkpoint, makes needless are never made. */
  writeLater(slot: Slot, data: () => TypedArray): void {
    const offset = this.#offset(slot);
    if (this.#buffer) this.#upload(slot, data());
    else this.#pending.set(offset, { slot, data });
  }

  #check(slot: Slot, data: TypedArray): void {
    if (data.byteLength !== slot.bytes)
      throw new ShapeError(`${this.label}: ${slot.label} holds ${slot.bytes} bytes, got ${data.byteLength}`);
  }

  #upload(slot: Slot, data: TypedArray): void {
    this.#check(slot, data);
    const offset = this.#offset(slot);
    this.gpu.device.queue.writeBuffer(this.buffer, offset, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
  }

  /** Reads a slot back. Waits for all work submitted so far. */
  async read<D extends Dtype>(slot: Slot, dtype: D) {
    this.allocate();
    return readBuffer(this.gpu, this.buffer, this.#offset(slot), slot.bytes, dtype);
  }

  #offset(slot: Slot): number {
    if (slot.home?.store !== this) throw new InternalError(`${slot.label} is not in store ${this.label}`);
    return slot.home.offset;
  }

  destroy(): void {
    this.#buffer?.destroy();
    this.#buffer = undefined;
  }
}

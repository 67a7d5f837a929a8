import { GpuUnavailableError } from "../errors.ts";
import type { Gpu } from "./device.ts";
import { readBuffer } from "./readback.ts";

/** Pairs of timestamps around passes. */
export class Timer {
  readonly #set: GPUQuerySet;
  readonly #buffer: GPUBuffer;

  constructor(
    private readonly gpu: Gpu,
    private readonly passes: number,
  ) {
    if (!gpu.features.has("timestamp-query")) throw new GpuUnavailableError(`${gpu.name} has no timestamp-query: kernels cannot be timed`);
    this.#set = gpu.device.createQuerySet({ type: "timestamp", count: 2 * passes });
    this.#buffer = gpu.device.createBuffer({ label: "timestamps", size: 16 * passes, usage: 0x200 | 0x04 }); // QUERY_RESOLVE | COPY_SRC
  }

  around(pass: number): GPUComputePassTimestampWrites {
    return { querySet: this.#set, beginningOfPassWriteIndex: 2 * pass, endOfPassWriteIndex: 2 * pass + 1 };
  }

  resolve(encoder: GPUCommandEncoder): void {
    encoder.resolveQuerySet(this.#set, 0, 2 * this.passes, this.#buffer, 0);
  }

  /** Milliseconds of each pass. Frees the timer. */
  async read(): Promise<number[]> {
    const words = await readBuffer(this.gpu, this.#buffer, 0, 16 * this.passes, "u32");
    const stamps = new BigUint64Array(words.buffer);
    this.#set.destroy();
    this.#buffer.destroy();
    return Array.from({ length: this.passes }, (_, i) => Number((stamps[2 * i + 1] ?? 0n) - (stamps[2 * i] ?? 0n)) / 1e6);
  }
}

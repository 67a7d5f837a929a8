/** Calls of WebGPU since the page began, whoever made them. */
export interface Counts {
  readonly launches: number;
  readonly submits: number;
  readonly passes: number;
  readonly bindGroups: number;
  readonly writes: number;
  readonly buffers: number;
  readonly pipelines: number;
}

/** The classes whose methods are watched: `globalThis` in a page, `globals` of the package `webgpu` in Node. */
export interface GpuClasses {
  readonly GPUDevice: { readonly prototype: GPUDevice };
  readonly GPUQueue: { readonly prototype: GPUQueue };
  readonly GPUBuffer: { readonly prototype: GPUBuffer };
  readonly GPUCommandEncoder: { readonly prototype: GPUCommandEncoder };
  readonly GPUComputePassEncoder: { readonly prototype: GPUComputePassEncoder };
}

/** Timestamps that one device can take between two looks: the largest query set that WebGPU has. */
const STAMPS = 4096;

interface Watch {
  readonly device: GPUDevice;
  readonly set: GPUQuerySet;
  used: number;
}

/**
 * Watches every WebGPU call of every library on this page through the prototypes: one measure for all. Install it before any device is
 * opened. It changes nothing but, while `timing`, the timestamps of compute passes.
 */
export class Counters {
  readonly #counts = { launches: 0, submits: 0, passes: 0, bindGroups: 0, writes: 0, buffers: 0, pipelines: 0 };
  readonly #sizes = new WeakMap<GPUBuffer, number>();
  readonly #devices = new WeakMap<GPUCommandEncoder, GPUDevice>();
  readonly #watches = new Map<GPUDevice, Watch>();
  #live = 0;
  #peak = 0;
  #timing = false;

  private constructor() {}

  static install(classes: GpuClasses): Counters {
    const counters = new Counters();
    counters.#device(classes.GPUDevice.prototype);
    counters.#queue(classes.GPUQueue.prototype);
    counters.#encoders(classes.GPUCommandEncoder.prototype, classes.GPUComputePassEncoder.prototype);
    const { destroy } = classes.GPUBuffer.prototype;
    const gone = (buffer: GPUBuffer) => counters.#forget(buffer);
    classes.GPUBuffer.prototype.destroy = function (this: GPUBuffer) {
      gone(this);
      return destroy.call(this);
    };
    return counters;
  }

  counts(): Counts {
    return { ...this.#counts };
  }

  /** Bytes of buffers that exist. */
  get live(): number {
    return this.#live;
  }

  /** Most bytes that existed at a time since `restartPeak`. */
  get peak(): number {
    return this.#peak;
  }

  restartPeak(): void {
    this.#peak = this.#live;
  }

  /** From now on compute passes carry timestamps, on devices that have them. */
  startTiming(): void {
    this.#timing = true;
    for (const watch of this.#watches.values()) watch.used = 0;
  }

  /** Milliseconds in compute passes of all devices since `startTiming`; null where no pass was timed, or more than can be. */
  async stopTiming(): Promise<number | null> {
    this.#timing = false;
    const all = [...this.#watches.values()].filter(({ used }) => used > 0);
    if (all.length === 0 || all.some(({ used }) => used > STAMPS)) return null;
    const times = await Promise.all(all.map(passTime));
    return times.reduce((a, b) => a + b, 0);
  }

  #forget(buffer: GPUBuffer): void {
    this.#live -= this.#sizes.get(buffer) ?? 0;
    this.#sizes.delete(buffer);
  }

  #device(prototype: GPUDevice): void {
    const counts = this.#counts;
    const made = (buffer: GPUBuffer, size: number) => {
      counts.buffers++;
      this.#sizes.set(buffer, size);
      this.#live += size;
      this.#peak = Math.max(this.#peak, this.#live);
    };
    const encoders = this.#devices;
    const { createBuffer, createBindGroup, createCommandEncoder, createComputePipeline, createComputePipelineAsync } = prototype;
    prototype.createBuffer = function (this: GPUDevice, descriptor) {
      const buffer = createBuffer.call(this, descriptor);
      made(buffer, descriptor.size);
      return buffer;
    };
    prototype.createBindGroup = function (this: GPUDevice, descriptor) {
      counts.bindGroups++;
      return createBindGroup.call(this, descriptor);
    };
    prototype.createCommandEncoder = function (this: GPUDevice, descriptor) {
      const encoder = createCommandEncoder.call(this, descriptor);
      encoders.set(encoder, this);
      return encoder;
    };
    prototype.createComputePipeline = function (this: GPUDevice, descriptor) {
      counts.pipelines++;
      return createComputePipeline.call(this, descriptor);
    };
    prototype.createComputePipelineAsync = function (this: GPUDevice, descriptor) {
      counts.pipelines++;
      return createComputePipelineAsync.call(this, descriptor);
    };
  }

  #queue(prototype: GPUQueue): void {
    const counts = this.#counts;
    const { submit, writeBuffer } = prototype;
    prototype.submit = function (this: GPUQueue, buffers) {
      counts.submits++;
      return submit.call(this, buffers);
    };
    prototype.writeBuffer = function (this: GPUQueue, ...args: Parameters<GPUQueue["writeBuffer"]>) {
      counts.writes++;
      return writeBuffer.apply(this, args);
    } as GPUQueue["writeBuffer"];
  }

  #encoders(encoder: GPUCommandEncoder, pass: GPUComputePassEncoder): void {
    const counts = this.#counts;
    const stamped = (self: GPUCommandEncoder, descriptor: GPUComputePassDescriptor | undefined) => this.#stamped(self, descriptor);
    const { beginComputePass } = encoder;
    const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
    encoder.beginComputePass = function (this: GPUCommandEncoder, descriptor) {
      counts.passes++;
      return beginComputePass.call(this, stamped(this, descriptor));
    };
    pass.dispatchWorkgroups = function (this: GPUComputePassEncoder, ...grid) {
      counts.launches++;
      return dispatchWorkgroups.apply(this, grid);
    };
    pass.dispatchWorkgroupsIndirect = function (this: GPUComputePassEncoder, ...args) {
      counts.launches++;
      return dispatchWorkgroupsIndirect.apply(this, args);
    };
  }

  /** The pass with two timestamps of its own, where it has none yet and there is room. */
  #stamped(encoder: GPUCommandEncoder, descriptor: GPUComputePassDescriptor = {}): GPUComputePassDescriptor {
    const device = this.#devices.get(encoder);
    if (!this.#timing || !device?.features.has("timestamp-query") || descriptor.timestampWrites) return descriptor;
    const watch = this.#watches.get(device) ?? { device, set: device.createQuerySet({ type: "timestamp", count: STAMPS }), used: 0 };
    this.#watches.set(device, watch);
    const at = watch.used;
    watch.used += 2;
    if (watch.used > STAMPS) return descriptor;
    return { ...descriptor, timestampWrites: { querySet: watch.set, beginningOfPassWriteIndex: at, endOfPassWriteIndex: at + 1 } };
  }
}

/** Sum over the passes of one device, milliseconds. */
async function passTime({ device, set, used }: Watch): Promise<number> {
  const buffer = device.createBuffer({ size: 8 * used, usage: 0x200 | 0x04 }); // QUERY_RESOLVE | COPY_SRC
  const staging = device.createBuffer({ size: 8 * used, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
  const encoder = device.createCommandEncoder();
  encoder.resolveQuerySet(set, 0, used, buffer, 0);
  encoder.copyBufferToBuffer(buffer, 0, staging, 0, 8 * used);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(0x01);
  const stamps = new BigUint64Array(staging.getMappedRange());
  let total = 0n;
  for (let i = 0; i < used; i += 2) total += (stamps[i + 1] ?? 0n) - (stamps[i] ?? 0n);
  for (const made of [buffer, staging]) made.destroy();
  return Number(total) / 1e6;
}

import { answer } from "./answer.ts";
import type { Gpu } from "./device.ts";
import type { Dtype } from "./slot.ts";

export type TypedArray = Float32Array | Uint32Array | Int32Array | Uint8Array;
export type ArrayOf<D extends Dtype> = D extends "f32"
  ? Float32Array<ArrayBuffer>
  : D extends "u32"
    ? Uint32Array<ArrayBuffer>
    : D extends "i32"
      ? Int32Array<ArrayBuffer>
      : never;

/**
 * Copies a range of a buffer to the host: the only place that maps memory. Rejects with DeviceError when the device was lost or
 * reported an error meanwhile: a lost device must never look like a buffer of zeros.
 */
export async function readBuffer<D extends Dtype>(
  gpu: Gpu,
  source: GPUBuffer,
  offset: number,
  bytes: number,
  dtype: D,
): Promise<ArrayOf<D>> {
  const { device } = gpu;
  const staging = device.createBuffer({ label: "readback", size: bytes, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
  try {
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, offset, staging, 0, bytes);
    device.queue.submit([encoder.finish()]);
    await answer(gpu, staging.mapAsync(0x01), `reading ${bytes} bytes back`); // READ
    gpu.check();
    return typed(staging.getMappedRange().slice(0), dtype);
  } finally {
    staging.destroy();
  }
}

function typed<D extends Dtype>(bytes: ArrayBuffer, dtype: D): ArrayOf<D> {
  const array = dtype === "f32" ? new Float32Array(bytes) : dtype === "u32" ? new Uint32Array(bytes) : new Int32Array(bytes);
  return array as ArrayOf<D>;
}

/** Staging buffers by device: the peers' readback must not pay for one each time. */
const STAGING = new WeakMap<GPUDevice, GPUBuffer>();

/** Fetches the first four bytes of a buffer: how a step ends, the same for every library. */
export async function fourBytes(device: GPUDevice, source: GPUBuffer): Promise<void> {
  const staging = STAGING.get(device) ?? device.createBuffer({ label: "four bytes", size: 4, usage: 0x01 | 0x08 }); // MAP_READ | COPY_DST
  STAGING.set(device, staging);
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(source, 0, staging, 0, 4);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(0x01); // READ
  staging.unmap();
}

import { expect, test } from "vitest";
import { openNodeGpu } from "../../src/host/node.ts";

test("a wait for a software adapter gives the same bytes and lets the thread sleep and other work go on", async () => {
  const gpu = await openNodeGpu({ software: true });
  const buffer = gpu.device.createBuffer({ size: 16, usage: 1 | 8 }); // MAP_READ | COPY_DST
  let turns = 0;
  const others = setInterval(() => turns++, 1);
  for (let i = 0; i < 20; i++) {
    gpu.device.queue.writeBuffer(buffer, 0, new Uint32Array([i, 2, 3, 4]));
    // Two waits at once: the first to end must not end the other's.
    await Promise.all([gpu.device.queue.onSubmittedWorkDone(), buffer.mapAsync(1)]);
    expect([...new Uint32Array(buffer.getMappedRange())]).toEqual([i, 2, 3, 4]);
    buffer.unmap();
  }
  clearInterval(others);
  expect(turns).toBeGreaterThan(0);
  // What fails is reported as before.
  const destroyed = gpu.device.createBuffer({ size: 16, usage: 1 | 8 });
  destroyed.destroy();
  await expect(destroyed.mapAsync(1)).rejects.toThrow();
  gpu.close();
});

import { afterAll, afterEach } from "vitest";
import { closeTestGpu, sharedGpu } from "./host.ts";

// An error that the device reported and no caller waited for fails the test during which it came.
afterEach(async () => {
  const gpu = await sharedGpu();
  if (!gpu) return;
  await gpu.device.queue.onSubmittedWorkDone();
  gpu.check();
});

afterAll(closeTestGpu);

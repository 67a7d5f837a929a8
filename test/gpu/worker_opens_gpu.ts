import { openGpu } from "../../src/gpu/device.ts";

// The worker of worker.chrome.test.ts.
const gpu = await openGpu();
gpu.close();
postMessage(gpu.name);

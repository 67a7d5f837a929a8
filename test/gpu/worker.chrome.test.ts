import { expect, test } from "vitest";
import { testGpu } from "../host.ts";

test("openGpu works in a module worker and sees the page's adapter", async () => {
  const worker = new Worker(new URL("./worker_opens_gpu.ts", import.meta.url), { type: "module" });
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  });
  worker.terminate();
  expect(answer).toBe((await testGpu()).name);
});

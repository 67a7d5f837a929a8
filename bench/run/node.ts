import { dawnVersion, openNodeGpu } from "../../src/host/node.ts";
import { Counters, type GpuClasses } from "../counters.ts";
import type { BenchHost } from "./job.ts";
import { runJob } from "./run_job.ts";

/**
 * This process, on Dawn: nearfar alone, since the peers' WebGPU needs a browser. A device a job.
 * @param software as `openNodeGpu`
 * @throws GpuUnavailableError when the package "webgpu" is missing
 */
export async function openNodeHost(software: boolean | undefined): Promise<BenchHost> {
  const { globals } = (await import("webgpu")) as unknown as { readonly globals: GpuClasses };
  const counters = Counters.install(globals); // before the first device: a patient one binds these methods
  return {
    browser: `Node ${process.version}, Dawn ${dawnVersion()}`,
    async run(job) {
      const gpu = await openNodeGpu({ software });
      try {
        return await runJob(gpu, job, counters);
      } finally {
        gpu.close();
      }
    },
    async close() {},
  };
}

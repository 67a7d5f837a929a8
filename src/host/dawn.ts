import { type Job, type JobInputs, type JobResults, runJob } from "./jobs.ts";
import { dawnVersion, openNodeGpu } from "./node.ts";

/** Runs a job in this process on Dawn. @throws GpuUnavailableError, and whatever the job throws */
export async function runOnDawn<J extends Job>(job: J, inputs: JobInputs): Promise<JobResults[J["kind"]]> {
  const gpu = await openNodeGpu();
  try {
    return await runJob(gpu, job, { ...inputs, versions: versions() });
  } finally {
    gpu.close();
  }
}

function versions(): { [name: string]: string } {
  return { node: process.version, webgpu: dawnVersion(), platform: `${process.platform} ${process.arch}` };
}

import { openGpu } from "../../src/tuning/open.ts";
import { Counters } from "../counters.ts";
import type { BenchJob } from "../run/job.ts";
import { runJob } from "../run/run_job.ts";
import { peers } from "./peers.ts";

// The page that headless Chrome opens for one job: it fetches the job, does it, and posts the answer.

async function run(): Promise<unknown> {
  const counters = Counters.install(globalThis);
  const job = (await (await fetch("job")).json()) as BenchJob;
  const gpu = await openGpu();
  return runJob(gpu, job, counters, peers);
}

const answer = await run().catch((error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
await fetch("answer", { method: "POST", body: JSON.stringify(answer) });

import { openGpu } from "../../src/gpu/device.ts";
import type { Contender } from "../contract.ts";
import { Counters } from "../counters.ts";
import { JAX } from "../jax/index.ts";
import { jaxContenders } from "../jax/jax.ts";
import type { BenchJob } from "../run/job.ts";
import { runJob } from "../run/run_job.ts";
import { TFJS } from "../tfjs/index.ts";
import { tfContenders } from "../tfjs/tfjs.ts";

// The page that headless Chrome opens for one job: it fetches the job, does it, and posts the answer.

function peers(name: string): Contender[] {
  const [tf, jax] = [TFJS[name], JAX[name]];
  return [
    ...(tf ? tfContenders(tf, "webgpu") : []),
    ...(jax ? jaxContenders(jax, "webgpu") : []),
    ...(tf ? tfContenders(tf, "wasm") : []),
    ...(jax ? jaxContenders(jax, "wasm") : []),
  ];
}

async function run(): Promise<unknown> {
  const counters = Counters.install(globalThis);
  const job = (await (await fetch("job")).json()) as BenchJob;
  const gpu = await openGpu();
  return runJob(gpu, job, counters, peers);
}

const answer = await run().catch((error: unknown) => ({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }));
await fetch("answer", { method: "POST", body: JSON.stringify(answer) });

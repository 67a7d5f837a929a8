import { openGpu } from "../../src/tuning/open.ts";
import { Counters } from "../counters.ts";
import { runJob } from "../run/run_job.ts";
import type { FromBenchWorker, ToBenchWorker } from "./protocol.ts";

// A worker of the bench page does one job and is then thrown away: devices, pools and compiled kernels of one case are gone before the next.

const post = (message: FromBenchWorker): void => postMessage(message);

async function run(job: ToBenchWorker): Promise<void> {
  const counters = Counters.install(globalThis); // before any library opens a device
  const others = job.kind === "case" && job.variants.some((variant) => variant !== "ours");
  // Megabytes of other libraries: fetched by those who want to compare.
  const peers = others ? (await import("./peers.ts")).peers : undefined;
  post({ kind: "answer", answer: await runJob(await openGpu(), job, counters, peers) });
}

addEventListener("message", ({ data }: MessageEvent<ToBenchWorker>) => {
  run(data).catch((error: unknown) => post({ kind: "failed", message: error instanceof Error ? error.message : String(error) }));
});

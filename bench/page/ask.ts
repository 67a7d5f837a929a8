import type { BenchAnswer, BenchJob } from "../run/job.ts";
import type { FromBenchWorker } from "./protocol.ts";

/**
 * Does a job in a worker of its own.
 * @param stop ends the worker at once, whatever it is doing
 * @throws Error with the worker's words, or that it was stopped
 */
export async function ask(job: BenchJob, stop: AbortSignal): Promise<BenchAnswer> {
  const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  try {
    return await new Promise<BenchAnswer>((resolve, reject) => {
      const stopped = () => reject(new Error("stopped"));
      if (stop.aborted) stopped();
      stop.addEventListener("abort", stopped);
      worker.addEventListener("error", (event) => reject(new Error(event.message || "the worker's script could not be loaded")));
      worker.addEventListener("message", ({ data }: MessageEvent<FromBenchWorker>) => {
        if (data.kind === "answer") resolve(data.answer);
        else reject(new Error(data.message));
      });
      worker.postMessage(job);
    });
  } finally {
    worker.terminate();
  }
}

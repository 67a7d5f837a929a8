import type { BenchAnswer, BenchJob } from "../run/job.ts";

/** What the page tells its worker: one job, then the worker is done. */
export type ToBenchWorker = BenchJob;

/** What the worker tells the page. */
export type FromBenchWorker =
  | { readonly kind: "answer"; readonly answer: BenchAnswer }
  | { readonly kind: "failed"; readonly message: string };

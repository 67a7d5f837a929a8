import type { Detail } from "../../bench/contract.ts";

/** A row as a bench makes it. */
export const row = (fields: Partial<Detail>): Detail => ({
  case: "nce",
  size: { B: 16, N: 32_768 },
  variant: "ours",
  form: "best",
  median_ms: 4,
  p90_ms: 5,
  gpu_ms: 3,
  launches: 3,
  submits: 2,
  bytes: 2 ** 20,
  gflops: 1.25,
  gbps: 0.5,
  error: null,
  first_ms: 300,
  bind_groups: 0,
  writes: 1,
  buffers: 1,
  rounds: 10,
  worst: 1e-6,
  ...fields,
});

export const failure = (fields: Partial<Detail>): Detail =>
  row({
    median_ms: null,
    p90_ms: null,
    gpu_ms: null,
    launches: null,
    submits: null,
    bytes: null,
    gflops: null,
    gbps: null,
    rounds: 0,
    ...fields,
  });

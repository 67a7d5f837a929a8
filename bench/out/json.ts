import type { Detail, Row } from "../contract.ts";
import type { Roof } from "../run/job.ts";

/** What `--json` writes. */
export interface BenchFile {
  /** Says "software" where it runs on the CPU. */
  readonly adapter: string;
  readonly browser: string;
  /** With "+changes" where the working tree differs. */
  readonly commit: string;
  readonly results: readonly Row[];
}

/** Fields of a row in their order. */
const FIELDS = [
  "case",
  "size",
  "variant",
  "form",
  "median_ms",
  "p90_ms",
  "gpu_ms",
  "launches",
  "submits",
  "bytes",
  "gflops",
  "gbps",
  "error",
] as const;

const plain = (row: Row): Row => Object.fromEntries(FIELDS.map((name) => [name, row[name]])) as unknown as Row;

/** What the adapter can do at most, as rows among the others. */
function roofRows({ gflops, gbps }: Roof): Row[] {
  const none = { median_ms: null, p90_ms: null, gpu_ms: null, launches: null, submits: null, bytes: null, error: null };
  const row = { size: {}, variant: "ours", form: "best", ...none } as const;
  return [
    { ...row, case: "peak-fma", gflops, gbps: null },
    { ...row, case: "peak-copy", gflops: null, gbps },
  ];
}

export function benchFile(head: Omit<BenchFile, "results">, rows: readonly Detail[], roof: Roof | null): BenchFile {
  return { ...head, results: [...(roof ? roofRows(roof) : []), ...rows].map(plain) };
}

/** One row a line: a file that people and diffs can read. */
export function benchText({ adapter, browser, commit, results }: BenchFile): string {
  const head = { adapter, browser, commit };
  const lines = results.map((row) => JSON.stringify(row)).join(",\n");
  return `${JSON.stringify(head).slice(0, -1)},"results":[\n${lines}\n]}\n`;
}

import type { Detail } from "../contract.ts";
import type { Roof } from "../run/job.ts";

export interface ReportInput {
  readonly adapter: string;
  readonly browser: string;
  readonly commit: string;
  readonly software: boolean;
  readonly rows: readonly Detail[];
  readonly roof: Roof | null;
}

export function renderReport(_: ReportInput): string {
  return "";
}

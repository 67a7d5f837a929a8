import { table } from "../../src/cli/table.ts";
import type { Detail, Row, Size, Variant } from "../contract.ts";
import type { Roof } from "../run/job.ts";

/** "B 16, K 4096". */
export const sizeText = (size: Size): string =>
  Object.entries(size)
    .map(([letter, value]) => `${letter} ${value.toLocaleString("en")}`)
    .join(", ");

/** "tfjs-webgpu, natural"; the best form goes without saying. */
export const contenderText = ({ variant, form }: Pick<Row, "variant" | "form">): string =>
  form === "best" ? variant : `${variant}, ${form}`;

/** How many times longer a row's step takes than ours at the same case and size; undefined where either has no figure. */
export function ratio(row: Row, rows: readonly Row[]): number | undefined {
  const ours = rows.find((other) => other.variant === "ours" && other.case === row.case && sizeText(other.size) === sizeText(row.size));
  if (row.median_ms === null || !ours || ours.median_ms === null) return undefined;
  return row.median_ms / ours.median_ms;
}

/** Three digits. */
export const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

const HEAD = ["", "median ms", "p90", "gpu ms", "first ms", "x ours", "launches", "submits", "binds", "MiB", "GFLOP/s", "GB/s", "steps"];

/** The lines of one case: a table, and below it what went wrong. */
export function caseTable(rows: readonly Detail[], roof: Roof | null): string[] {
  const cells = rows
    .filter(({ error }) => error === null)
    .map((row) => [
      contenderText(row),
      figure(row.median_ms),
      figure(row.p90_ms),
      figure(row.gpu_ms),
      figure(row.first_ms),
      row.variant === "ours" ? "" : figure(ratio(row, rows)),
      figure0(row.launches),
      figure0(row.submits),
      figure0(row.bind_groups),
      figure(row.bytes === null ? null : row.bytes / 2 ** 20),
      `${figure(row.gflops)}${share(row.gflops, roof?.gflops)}`,
      `${figure(row.gbps)}${share(row.gbps, roof?.gbps)}`,
      String(row.rounds),
    ]);
  const failures = rows.filter(({ error }) => error !== null).map((row) => `${contenderText(row)}: ${row.error}`);
  return [...(cells.length > 0 ? table([HEAD, ...cells]) : []), ...failures];
}

const figure0 = (value: number | null): string => (value === null ? "" : String(value));
const share = (value: number | null, roof: number | undefined): string =>
  value === null || !roof ? "" : ` ${Math.round((100 * value) / roof)}%`;

/** Names in the order of the report. */
export const order = (variants: readonly Variant[], row: Row): number => 2 * variants.indexOf(row.variant) + (row.form === "best" ? 0 : 1);

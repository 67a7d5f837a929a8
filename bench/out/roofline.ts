import { type Axis, axes, frame, units } from "../../src/report/frame.ts";
import { type Html, html } from "../../src/report/html.ts";
import type { BenchCase, Detail } from "../contract.ts";
import type { Roof } from "../run/job.ts";
import { contenderText, figure, sizeText } from "./table.ts";

/** A result under the roof. */
export interface RoofPoint {
  /** Operations for each byte that must move. */
  readonly intensity: number;
  readonly gflops: number;
  readonly row: Detail;
}

/** Rows whose case has both operations and bytes. */
export function roofPoints(rows: readonly Detail[], cases: readonly BenchCase[]): RoofPoint[] {
  return rows.flatMap((row) => {
    const bench = cases.find(({ name }) => name === row.case);
    if (!bench || row.gflops === null) return [];
    const traffic = bench.traffic(row.size);
    return traffic > 0 ? [{ intensity: bench.flops(row.size) / traffic, gflops: row.gflops, row }] : [];
  });
}

/** The most that work of an intensity can reach: what memory feeds, or what the units compute. */
export const under = ({ gflops, gbps }: Roof, intensity: number): number => Math.min(gflops, gbps * intensity);

const WIDTH = 980;
const HEIGHT = 420;

/** Throughput of every result against its intensity, both logarithmic, below the measured roof of this adapter. */
export function roofline(points: readonly RoofPoint[], roof: Roof): Html {
  const x = decades("operations for each byte that must move", [...points.map(({ intensity }) => intensity), roof.gflops / roof.gbps]);
  const y = decades("GFLOP/s", [...points.map(({ gflops }) => gflops), roof.gflops]);
  const f = frame(WIDTH, HEIGHT, { left: 52, right: 20, top: 30, bottom: 40 }, x, y);
  const line = [x.domain[0], Math.log10(roof.gflops / roof.gbps), x.domain[1]]
    .filter((at) => at >= x.domain[0] && at <= x.domain[1])
    .map((at) => `${units(f.x(at))},${units(f.y(Math.max(y.domain[0], Math.log10(under(roof, 10 ** at)))))}`);
  return html`<figure class="chart"><figcaption><strong>Under the roof of this adapter</strong>
<span>The line is what was measured in this run: ${figure(roof.gflops)} GFLOP/s of multiply-adds, ${figure(roof.gbps)} GB/s of copying. Filled: nearfar; rings: the others.</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Roofline">${axes(f, x, y)}
<polyline class="line main" points="${line.join(" ")}"/>
${points.map(({ intensity, gflops, row }) => {
  const ours = row.variant === "ours";
  const title = `${row.case} (${sizeText(row.size)}), ${contenderText(row)}: ${figure(gflops)} GFLOP/s, ${figure((100 * gflops) / under(roof, intensity))} % of the roof`;
  const at = html`cx="${units(f.x(Math.log10(intensity)))}" cy="${units(f.y(Math.log10(gflops)))}"`;
  return html`<circle ${at} r="${ours ? 5 : 4}" class="${ours ? "own" : "other"}"><title>${title}</title></circle>`;
})}</svg></figure>`;
}

/** A logarithmic axis over whole powers of ten around the values. */
function decades(label: string, values: readonly number[]): Axis {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const domain = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs) + 1e-9)] as const;
  return { label, domain, count: domain[1] - domain[0], format: (value) => String(Number((10 ** value).toPrecision(3))) };
}

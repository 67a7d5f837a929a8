import { expect, test } from "vitest";
import { CASES } from "../../bench/cases/index.ts";
import { benchFile, benchText } from "../../bench/out/json.ts";
import { renderReport } from "../../bench/out/report.ts";
import { roofPoints, under } from "../../bench/out/roofline.ts";
import { caseTable, figure, ratio } from "../../bench/out/table.ts";
import { failure, row } from "./rows.ts";

const rows = [
  row({}),
  row({ variant: "tfjs-webgpu", median_ms: 36, gpu_ms: null }),
  row({ variant: "jax-js-wasm", median_ms: 2, gpu_ms: null, launches: null, submits: null, bind_groups: null, bytes: null }),
  failure({ variant: "jax-js-webgpu", form: "natural", error: "wrong: <loss> is off" }),
];
const roof = { gflops: 25, gbps: 2 };
const head = { adapter: "SwiftShader (google, software)", browser: "HeadlessChrome/147", commit: "abc" };

test("a ratio compares with ours at the same case and size", () => {
  expect(ratio(rows[1]!, rows)).toBe(9);
  expect(ratio(rows[3]!, rows)).toBeUndefined();
  expect(ratio(row({ variant: "tfjs-webgpu", size: { B: 17, N: 32_768 } }), rows)).toBeUndefined();
});

test("numbers have three digits, absent ones none", () => {
  expect([0.0012345, 12.345, 12345, null].map(figure)).toEqual(["0.00123", "12.3", "12,345", ""]);
});

test("the table has a line a contender, shares of the roof, and what went wrong below it", () => {
  const lines = caseTable(rows, roof);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/median ms .*x ours.*launches/);
  expect(lines[1]).toMatch(/^ours +4\.00 .* 1\.25 5% +0\.500 25% +10$/);
  expect(lines[2]).toMatch(/^tfjs-webgpu +36\.0 .* 9\.00 /);
  expect(lines[4]).toBe("jax-js-webgpu, natural: wrong: <loss> is off");
  expect(caseTable([rows[3]!], null)).toEqual(["jax-js-webgpu, natural: wrong: <loss> is off"]);
});

test("the JSON has exactly the agreed fields, the peaks as rows, and reads back", () => {
  const file = JSON.parse(benchText(benchFile(head, rows, roof)));
  expect(Object.keys(file)).toEqual(["adapter", "browser", "commit", "results"]);
  expect(file.adapter).toContain("software");
  const fields = [
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
  ];
  for (const result of file.results) expect(Object.keys(result)).toEqual(fields);
  expect(file.results).toHaveLength(6);
  expect(file.results[0]).toMatchObject({ case: "peak-fma", gflops: 25, gbps: null });
  expect(file.results[1]).toMatchObject({ case: "peak-copy", gbps: 2 });
  expect(file.results[5]).toMatchObject({ median_ms: null, error: "wrong: <loss> is off" });
  expect(JSON.parse(benchText(benchFile(head, [], null))).results).toEqual([]);
});

test("the roof is memory's on the left of the ridge and arithmetic's on the right", () => {
  expect(under(roof, 1)).toBe(2);
  expect(under(roof, 100)).toBe(25);
  const points = roofPoints([row({ size: { B: 16, K: 4096, D: 128, N: 32_768 } }), rows[3]!, row({ case: "unknown" })], CASES);
  expect(points).toHaveLength(1);
  expect(points[0]?.intensity).toBeCloseTo(1, 1); // a multiply-add forward and one backward for each float of a row
});

test("the report is one file that loads nothing, names a software adapter and escapes what it quotes", () => {
  const size = { B: 16, K: 4096, D: 128, N: 32_768 };
  const page = renderReport({ ...head, software: true, rows: rows.map((one) => ({ ...one, size })), linear: [], roof, cases: CASES });
  expect(page).toContain("software adapter");
  expect(page).toContain("Software adapter.");
  expect(page).toContain('aria-label="Roofline"');
  expect(page).toContain("wrong: &lt;loss&gt; is off");
  expect(page).not.toMatch(/<script|src="|href="|https?:\/\//);
  expect(page).toContain("9.00x");
  const gpu = renderReport({ ...head, adapter: "NVIDIA", software: false, rows, linear: [], roof: null, cases: CASES });
  expect(gpu).not.toMatch(/software adapter/i);
});

test("lines of --linear tell the exponent", () => {
  const linear = [8, 16, 32].map((B) => ({ axis: "B", row: row({ size: { B, N: 64 }, median_ms: 2 * B }) }));
  const page = renderReport({ ...head, software: true, rows: [], linear, roof, cases: CASES });
  expect(page).toContain("nce: cost against B");
  expect(page).toContain("ours 1.00");
});

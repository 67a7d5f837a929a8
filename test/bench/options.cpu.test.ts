import { expect, test } from "vitest";
import { CASES } from "../../bench/cases/index.ts";
import { SIZE_SETS } from "../../bench/contract.ts";
import { entries } from "../../bench/entries.ts";
import { benchOptions, parseOptions, USAGE } from "../../bench/options.ts";
import { OURS } from "../../bench/ours/index.ts";

const options = (values: { readonly [name: string]: string }) => benchOptions(new Map(Object.entries(values)));

test("by default all cases at the sizes that ratios are claimed at, all contenders, in Chrome", () => {
  const found = options({});
  expect(found).toMatchObject({ only: CASES, sizes: ["issue"], host: "chrome", adapter: "auto", linear: false, json: undefined });
  expect(found.variants).toHaveLength(5);
});

test("cases by name and pattern, sizes by set, the report beside the JSON", () => {
  expect(options({ only: "nce, matmul-*" }).only.map(({ name }) => name)).toEqual(["nce", "matmul-nn", "matmul-nt", "matmul-tn"]);
  expect(options({ sizes: "all" }).sizes).toEqual(SIZE_SETS);
  expect(options({ json: "test/b.json" }).html).toBe("test/b.html");
  expect(options({ json: "b" }).html).toBe("b.html");
});

test.each([
  [{ only: "nca" }, /--only: no case "nca": expected nce/],
  [{ sizes: "huge" }, /--sizes: expected issue, small/],
  [{ variants: "torch" }, /--variants: expected ours/],
  [{ adapter: "cuda" }, /--adapter: expected auto, gpu, software/],
  [{ json: "nowhere/b.json" }, /--json nowhere\/b.json: there is no folder nowhere/],
  [{ seconds: "soon" }, /--seconds: expected a number/],
])("%o is refused", (values, message) => {
  expect(() => options(values as { readonly [name: string]: string })).toThrow(message);
});

test("entries are cases at sizes, or points of lines", () => {
  const [nce] = options({ only: "nce" }).only;
  expect(entries({ only: [nce!], sizes: ["issue", "ragged"], forms: ["best"], linear: false }).map(({ size }) => size.N)).toEqual([
    32_768, 4099,
  ]);
  const forms = (asked: readonly ("best" | "natural")[]) =>
    entries({ only: [nce!], sizes: ["issue", "paper"], forms: asked, linear: false });
  expect(forms(["best", "natural"]).map((entry) => entry.forms)).toEqual([["best", "natural"], ["best"]]); // natural forms would take minutes
  expect(forms(["best"]).map((entry) => entry.forms)).toEqual([["best"], ["best"]]);
  const lines = entries({ only: [nce!], sizes: ["issue"], forms: ["best"], linear: true });
  expect(new Set(lines.map(({ axis }) => axis))).toEqual(new Set(["B", "K", "D", "N"]));
  for (const { axis, size } of lines) expect(size[axis!]).toBeGreaterThan(0);
});

test("every case has a name of its own, a size for ratios, and is done by nearfar", () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  for (const { name, sizes } of CASES) {
    expect(
      sizes.some(({ set }) => set === "issue"),
      name,
    ).toBe(true);
    expect(OURS[name], name).toBeDefined();
  }
});

test("every option of the usage text is known, with its value or as a flag; others are refused", () => {
  const described = [...USAGE.matchAll(/^ {2}--(\w+)( [A-Z]\w*)?/gm)].map(([, name = "", value]) => ({ name, value }));
  expect(described.map(({ name }) => name)).toEqual(expect.arrayContaining(["only", "forms", "json", "linear"]));
  for (const { name, value } of described) {
    const args = value === undefined ? [`--${name}`] : [`--${name}`, "1"];
    expect([...parseOptions(args)]).toEqual([[name, value === undefined ? "" : "1"]]);
  }
  expect([...parseOptions(["--only=nce", "--linear"])]).toEqual([
    ["only", "nce"],
    ["linear", ""],
  ]);
  expect(() => parseOptions(["--form", "best"])).toThrow(/unknown option --form$/);
  expect(() => parseOptions(["--json"])).toThrow(/--json expects a value/);
});

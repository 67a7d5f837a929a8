import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

// The rules of DESIGN.md that a reader cannot see in one file: who may import whom, who may say what.

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Parts of src/ from the bottom up: a part imports from its own row and the rows above it in this table. */
const LAYERS = [
  ["errors", "options", "random", "version", "formats"],
  ["gpu"],
  ["tensor", "autograd"],
  ["ops"],
  ["nn", "bank", "optim"],
  ["objectives", "data", "evaluate"],
  ["rl"],
  ["report", "train"],
  ["experiments"],
  ["index", "tuning"],
  ["host", "cli", "page"],
];

/** Imports nothing but itself and the errors, so that it can be lifted out. */
const STANDS_ALONE = "formats";
/** In src/host it is browsers that are launched. */
const MAY_LAUNCH = /^src\/(ops|optim|bank|evaluate|gpu|host)\/|^src\/data\/views|^src\/autograd\.ts$/;
const MAY_NAME_THE_DEVICE = /^src\/(gpu|host)\//;
const MAY_IMPORT_NODE = /^src\/(host|cli)\//;
const MAY_IMPORT_PACKAGES = /^src\/(host|cli|page)\//;
/** Decoders of optional packages, which Node needs compiled by hand. */
const MAY_COMPILE = /^src\/host\//;
const MAX_LINES = 400;

/** `src/ops/relu.ts` belongs to "ops", `src/tensor.ts` to "tensor". */
const partOf = (path: string): string => (path.split("/")[1] ?? "").replace(/\.ts$/, "");
const layerOf = (part: string): number => LAYERS.findIndex((row) => row.includes(part));
/** Static imports and re-exports (the line may be the last one of several), and dynamic imports. Names of packages in prose do not count. */
const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export|\})(?:[^"'`\n]*\bfrom)?\s*"([^"\n]+)";|\bimport\(\s*"([^"]+)"/gm)].map((m) => m[1] ?? m[2] ?? "");
const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");

/** Every rule that a source file breaks, in words. */
function offences(path: string, source: string): string[] {
  const text = withoutComments(source);
  const found = importsOf(text).flatMap((target) => importOffences(path, target));
  if (layerOf(partOf(path)) < 0) found.push(`${path}: the part "${partOf(path)}" is in no layer`);
  if (/\bGPU(Device|Buffer)\b/.test(text) && !MAY_NAME_THE_DEVICE.test(path)) found.push(`${path}: names GPUDevice or GPUBuffer`);
  if (/\.launch\(/.test(text) && !MAY_LAUNCH.test(path)) found.push(`${path}: launches a kernel`);
  if (/\bMath\.random\b/.test(text)) found.push(`${path}: uses Math.random`);
  if (/^(export )?(let|var) /m.test(text)) found.push(`${path}: has module-level mutable state`);
  if (/\beval\(|\bnew Function\(/.test(text) || (/\bWebAssembly\b/.test(text) && !MAY_COMPILE.test(path)))
    found.push(`${path}: evaluates code, which script-src 'self' forbids`);
  return found;
}

function importOffences(path: string, target: string): string[] {
  if (target.startsWith("node:")) return MAY_IMPORT_NODE.test(path) ? [] : [`${path}: imports ${target}`];
  if (!target.startsWith(".")) return MAY_IMPORT_PACKAGES.test(path) ? [] : [`${path}: imports the package ${target}`];
  const file = join(dirname(path), target);
  if (!file.startsWith("src/") || !file.endsWith(".ts")) return [];
  const [from, to] = [partOf(path), partOf(file)];
  if (from === STANDS_ALONE && to !== STANDS_ALONE && to !== "errors") return [`${path}: ${from} stands alone but imports ${to}`];
  return layerOf(from) < layerOf(to) ? [`${path}: ${from} must not import ${to}`] : [];
}

function filesBelow(folder: string, ends: RegExp): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  const entries = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const paths = entries.filter((e) => e.isFile() && ends.test(e.name)).map((e) => relative(ROOT, join(e.parentPath, e.name)));
  return paths.map((path) => path.replaceAll("\\", "/")).sort();
}

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("the house's rules", () => {
  test("hold in every file of src/", () => {
    const sources = filesBelow("src", /\.ts$/).filter((path) => !path.endsWith(".gen.ts"));
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.flatMap((path) => offences(path, read(path)))).toEqual([]);
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    const files = ["src", "shaders", "bench"]
      .flatMap((folder) => filesBelow(folder, /\.(ts|wgsl|css|html)$/))
      .filter((path) => !path.endsWith(".gen.ts"));
    expect(
      files
        .map((path) => `${path}: ${read(path).trimEnd().split("\n").length}`)
        .filter((entry) => Number(entry.split(": ")[1]) > MAX_LINES),
    ).toEqual([]);
  });

  test.each([
    ["src/gpu/a.ts", 'import { x } from "../ops/x.ts";', /gpu must not import ops/],
    ["src/tensor.ts", 'import type { X } from "./train/x.ts";', /tensor must not import train/],
    ["src/nn/a.ts", 'const x = await import("../host/x.ts");', /nn must not import host/],
    ["src/formats/a.ts", 'import { x } from "../random.ts";', /formats stands alone/],
    ["src/train/a.ts", 'import { x } from "node:fs";', /imports node:fs/],
    ["src/ops/a.ts", 'import x from "valibot";', /imports the package valibot/],
    ["src/train/a.ts", "tape.launch(kernels.x, {}, {}, [1]);", /launches a kernel/],
    ["src/ops/a.ts", "let buffer: GPUBuffer;", /names GPUDevice or GPUBuffer.*module-level mutable/s],
    ["src/bank/a.ts", "const x = Math.random();", /Math\.random/],
    ["src/page/a.ts", 'eval("1");', /evaluates code/],
    ["src/data/a.ts", "new WebAssembly.Module(bytes);", /evaluates code/],
    ["src/host/a.ts", 'new Function("1");', /evaluates code/],
    ["src/attic/a.ts", "", /in no layer/],
  ])("an offence in %s is found: %s", (path, source, message) => {
    expect(offences(path, source).join("\n")).toMatch(message);
  });

  test("what is allowed is not reported", () => {
    expect(offences("src/ops/a.ts", '// train/x.ts, GPUBuffer\nimport { T } from "../tensor.ts";\ntape.launch(k, {}, {}, [1]);')).toEqual(
      [],
    );
    expect(offences("src/cli/a.ts", 'import { x } from "../host/node.ts";\nimport { y } from "node:fs";')).toEqual([]);
  });
});

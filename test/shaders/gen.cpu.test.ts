import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { literal } from "../../shaders/gen/constants.ts";
import { emit, exportName, TABLE } from "../../shaders/gen/emit.ts";
import { generate } from "../../shaders/gen/generate.ts";
import { inspect } from "../../shaders/gen/inspect.ts";
import { type Files, Problems, resolve, stripComments } from "../../shaders/gen/source.ts";
import { main } from "../../shaders/gen.ts";

const FILE = "shaders/dense/scale_rows.wgsl";
const STEP = "shaders/lib/step.wgsl";
const MODULE = "src/gpu/kernels/scale_rows.gen.ts";

const good = `// y = a x                                     Test (2024), eq. 1
// x: f32[B,D]   ids: u32[2*B, K+1]   ->  y: f32[B, P/4]
//#import step                                   (struct Step)
override WG: u32 = 64u;
struct Params {
  B: u32, D: u32, K: u32,
  P: u32, a: f32, x0: u32,
}
@group(0) @binding(0) var<uniform> p: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>; // rows
@group(0) @binding(2) var<storage, read> ids: array<u32>;
@group(0) @binding(3) var<storage, read_write> y: array<f32>;
@group(0) @binding(4) var<uniform> step: Step;
/* the work
   /* nested */ is here */
fn helper(i: u32) -> f32 { return f32(ids[i]); }
@compute @workgroup_size(WG) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  y[id.x + p.x0] = p.a * x[id.x].x + helper(step.step);
}
`;

const library = "struct Step {\n  seed: u32, step: u32, epoch: u32, rate: f32,\n}\n";
const files = (kernel: string, others: Files = {}): Files => ({ [STEP]: library, [FILE]: kernel, ...others });
const problemsOf = (kernel: string, others: Files = {}): readonly string[] => generate(files(kernel, others)).problems;

/** `good` with a part replaced; the part must be there, so that no test passes by changing nothing. */
function edited(part: string, replacement: string): string {
  expect(good).toContain(part);
  return good.replace(part, replacement);
}

test("a kernel becomes a typed literal", () => {
  const problems = new Problems();
  const kernel = inspect(resolve(FILE, files(good), problems), problems);
  expect(problems.lines()).toEqual([]);
  expect({ ...kernel, code: "" }).toEqual({
    name: "scale_rows",
    file: FILE,
    code: "",
    bindings: {
      x: { binding: 1, access: "read", elem: "f32", shape: ["B", "D"], line: 2 },
      ids: { binding: 2, access: "read", elem: "u32", shape: ["2*B", "K+1"], line: 2 },
      y: { binding: 3, access: "read_write", elem: "f32", shape: ["B", "P/4"], line: 2 },
    },
    paramsBinding: 0,
    params: {
      B: "u32",
      D: "u32",
      K: "u32",
      P: "u32",
      a: "f32",
      x0: "u32",
    },
    paramsBytes: 24,
    stepBinding: 4,
    overrides: { WG: 64 },
    workgroup: ["WG", 1, 1],
  });
});

test("line numbers of the code are those of the file, and the library follows", () => {
  const { code, place } = resolve(FILE, files(good), new Problems());
  const lines = code.split("\n");
  for (const [index, line] of good.trimEnd().split("\n").entries()) {
    const bare = line.replace(/\s*\/\/.*$/, "");
    if (!/\*\/|\/\*/.test(line)) expect(lines[index]).toBe(bare);
  }
  expect(code).not.toMatch(/\/\/|\/\*|nested|[ \t]$/m);
  const last = good.trimEnd().split("\n").length;
  expect(place(last)).toEqual({ file: FILE, line: last });
  expect(place(last + 2)).toEqual({ file: STEP, line: 2 });
});

test("comments vanish, nested ones too, and columns before and after stay", () => {
  expect(stripComments("a /* b /* c */ d */ e // f\n  // g\nh / i /* j\nk */ l")).toBe("a                   e\n\nh / i\n     l");
});

test("libraries import libraries, each once", () => {
  const kernel = good.replace("//#import step", "//#import one\n//#import two\n//#import step");
  const others = {
    "shaders/lib/one.wgsl": "//#import two\nfn one() {}\n",
    "shaders/lib/two.wgsl": "//#import one\nfn two() {}\n",
  };
  const { made, problems } = generate(files(kernel, others));
  expect(problems).toEqual([]);
  const text = made.get(MODULE) ?? "";
  for (const name of ["one", "two"]) expect(text.split(`fn ${name}()`).length).toBe(2);
});

// One line each: what is wrong, the part of the good kernel, its replacement, the line of the file, the message.
const broken: [string, string, string, number, string][] = [
  ["another name of the entry", "fn main(", "fn start(", 17, 'the entry must be called "main", found "start"'],
  ["no entry", "@compute @workgroup_size(WG) fn main", "fn main", 1, 'expected one "@compute fn main", found 0'],
  [
    "a second entry",
    "fn helper",
    "@compute @workgroup_size(1) fn other() {}\nfn helper",
    16,
    'the entry must be called "main", found "other"',
  ],
  ["another kind of entry", "fn helper", "@fragment fn other() {}\nfn helper", 16, '"other" is not a compute entry'],
  ["a second group", "@group(0) @binding(3)", "@group(1) @binding(3)", 12, '"y" is in group 1; a kernel has group 0 only'],
  ["a gap in the bindings", "@binding(4)", "@binding(5)", 1, "bindings must be 0 to 4, each once, found 0, 1, 2, 3, 5"],
  ["a binding number used twice", "@binding(4)", "@binding(3)", 1, "bindings must be 0 to 4, each once, found 0, 1, 2, 3, 3"],
  ["an unused binding", "f32(ids[i])", "f32(i)", 11, '"ids" is bound but never used'],
  ["an unused uniform", "helper(step.step)", "helper(1u)", 13, '"step" is bound but never used'],
  [
    "another name of Params",
    "var<uniform> p: Params",
    "var<uniform> q: Params",
    9,
    'uniforms are "p: Params" and "step: Step", found "q: Params"',
  ],
  ["no Params", "@group(0) @binding(0) var<uniform> p: Params;", "", 1, 'there is no "var<uniform> p: Params"'],
  ["a Step of its own", "//#import step ", "// ", 13, '"Step" must come from lib/step.wgsl: "//#import step"'],
  [
    "a texture",
    "array<u32>;",
    "array<u32>;@group(0) @binding(5) var image: texture_2d<f32>;",
    11,
    '"image" is a texture_2d; a kernel binds storage buffers, "p" and "step" only',
  ],
  ["no shape", "ids: u32[2*B, K+1]", "", 11, 'no shape for "ids"; add "ids: u32[...]" to the comment at the top'],
  ["a shape for nothing", "-> ", "-> z: f32[B]", 2, 'the header gives a shape for "z", which is no storage binding'],
  ["two shapes", "-> ", "-> x: f32[B]", 2, 'second shape of "x"; the first is in line 2'],
  ["another element type in the header", "ids: u32", "ids: f32", 2, 'the header says "ids" holds f32, the code says u32'],
  ["an unknown dimension", "x: f32[B,D]", "x: f32[B,E]", 2, 'dimension "E" of "x" is neither a u32 of Params nor an override'],
  ["a dimension that is no count", "x: f32[B,D]", "x: f32[B,a]", 2, 'dimension "a" of "x" is neither a u32 of Params nor an override'],
  [
    "an expression that dimension() cannot read",
    "K+1]",
    "(K+1)]",
    2,
    'dimension "(K+1)" of "ids": expected names and integers joined by + * /, such as B, K+1, 2*B or P/4',
  ],
  [
    "an empty shape",
    "x: f32[B,D]",
    "x: f32[]",
    2,
    'dimension "" of "x": expected names and integers joined by + * /, such as B, K+1, 2*B or P/4',
  ],
  [
    "a padded element",
    "array<vec4<f32>>",
    "array<vec3<f32>>",
    10,
    '"x" must be a runtime-sized array of f32, u32, i32 or Act, vec2 or vec4 of the first three, or mat4x4f',
  ],
  [
    "a fixed-size array",
    "array<u32>",
    "array<u32, 4>",
    11,
    '"ids" must be a runtime-sized array of f32, u32, i32 or Act, vec2 or vec4 of the first three, or mat4x4f',
  ],
  [
    "a vector of activations",
    "array<vec4<f32>>",
    "array<vec4<Act>>",
    10,
    '"x" must be a runtime-sized array of f32, u32, i32 or Act, vec2 or vec4 of the first three, or mat4x4f',
  ],
  ["activations under another name", "y: array<f32>", "y: array<Act>", 2, 'the header says "y" holds f32, the code says act'],
  ["a vector in Params", "a: f32", "a: vec2<f32>", 7, "Params.a is vec2; expected u32, i32 or f32"],
  ["a field that nothing reads", "a: f32", "a: f32, b: f32", 7, "Params.b is used neither by the code nor by a shape"],
  ["a split axis that is no u32", "x0: u32", "x0: i32", 7, "Params.x0 is the plan's first workgroup: expected u32, found i32"],
  ["an override that is a field too", "override WG", "override K: u32 = 1;override WG", 6, '"K" is both a field of Params and an override'],
  ["an override without default", "override WG: u32 = 64u", "override WG: u32", 4, 'override "WG" needs a literal default, found ""'],
  ["an override with a computed default", "= 64u", "= 2u * 32u", 4, 'override "WG" needs a literal default, found "2u * 32u"'],
  ["an override with a number", "override WG", "@id(7) override WG", 4, 'override "WG" has an @id; nearfar sets overrides by name'],
  [
    "an unknown workgroup size",
    "@workgroup_size(WG)",
    "@workgroup_size(W)",
    17,
    '@workgroup_size takes numbers, overrides and literal constants, found "W"',
  ],
  ["no workgroup size", "@workgroup_size(WG) ", "", 1, "there is no @workgroup_size"],
  ["an unknown library", "//#import step ", "//#import stop ", 3, "there is no shaders/lib/stop.wgsl to import"],
  ["a misspelt import", "//#import step ", "// #include step", 3, 'expected "//#import name", found "// #include step'],
  ["a syntax error", "fn helper(i: u32)", "fn helper(i u32)", 16, "cannot be parsed: "],
];

test.each(broken)("refused: %s", (_, part, replacement, line, message) => {
  const problems = problemsOf(edited(part, replacement));
  expect(
    problems.some((p) => p.startsWith(`${FILE}:${line}: ${message}`)),
    problems.join("\n"),
  ).toBe(true);
});

test.each([
  ["a binding", "@group(0) @binding(5) var<storage, read> z: array<f32>;", '"z" is bound in a library; bindings belong into the kernel'],
  ["a directive", "enable f16;", '"enable" must be written in the kernel: a library is appended at its end'],
])("refused: %s in a library, at its own line", (_, text, message) => {
  expect(problemsOf(good, { [STEP]: `${library}\n${text}\n` })).toContain(`${STEP}:5: ${message}`);
});

test("extensions that a kernel enables become features", () => {
  const moduleOf = (kernel: string) => generate(files(kernel)).made.get(MODULE) ?? "";
  expect(moduleOf(good.replace("//#import", "enable subgroups;\nenable f16;\n//#import"))).toContain(
    'features: ["subgroups","shader-f16"]',
  );
  expect(moduleOf(good)).not.toContain("features:");
  expect(problemsOf(good.replace("//#import", "enable chromium_x;\n//#import"))).toContain(
    `${FILE}:3: expected to enable subgroups or f16, found "chromium_x"`,
  );
});

test("all problems are reported, in order of line", () => {
  const kernel = edited("x: f32[B,D]", "x: f32[B,E]").replace("f32(ids[i])", "f32(i)").replace("x0: u32", "x0: i32");
  expect(problemsOf(kernel).map((p) => p.split(":")[1])).toEqual(["2", "6", "7", "11"]);
});

test.each([
  ["shaders/norm/scale_rows.wgsl", '"scaleRows" is already the name of shaders/dense/scale_rows.wgsl'],
  ["shaders/norm/scale__rows.wgsl", 'the file name must be snake_case, found "scale__rows"'],
  ["shaders/norm/ScaleRows.wgsl", 'the file name must be snake_case, found "ScaleRows"'],
  ["shaders/norm/delete.wgsl", '"delete" is a reserved word and cannot name the exported constant'],
])("refused: the name of %s", (path, message) => {
  const { problems } = generate({ ...files(good), [path]: good });
  expect(
    problems.some((p) => p.endsWith(`:1: ${message}`)),
    problems.join("\n"),
  ).toBe(true);
});

test("stems become camelCase", () => {
  expect(["bank_update", "l2norm_dx", "sgd", "sum_2"].map(exportName)).toEqual(["bankUpdate", "l2normDx", "sgd", "sum2"]);
});

test("WGSL literals", () => {
  expect(["64", "64u", "0x1Fu", "-0x10i", "-1.5", "1e-4f", ".5", "2.f", "0xff", "true", "false"].map(literal)).toEqual([
    64, 64, 31, -16, -1.5, 1e-4, 0.5, 2, 255, 1, 0,
  ]);
  for (const text of ["", "N", "2*3", "u", "1.5.2", "--1"]) expect(literal(text)).toBeUndefined();
});

test("a literal constant may size the workgroup", () => {
  const problems = new Problems();
  const kernel = edited("@workgroup_size(WG)", "@workgroup_size(TX, 4u, WG)").replace("struct Params", "const TX = 8u;\nstruct Params");
  expect(inspect(resolve(FILE, files(kernel), problems), problems)?.workgroup).toEqual([8, 4, "WG"]);
});

test("elements are counted in scalars, whichever way the vector is written", () => {
  for (const elem of ["f32", "vec2f", "vec4f", "vec2<f32>", "vec4<f32>"])
    expect(problemsOf(edited("array<vec4<f32>>", `array<${elem}>`))).toEqual([]);
  for (const elem of ["vec4u", "atomic<u32>"]) expect(problemsOf(edited("array<u32>", `array<${elem}>`))).toEqual([]);
});

test("a library that two kernels import is a module of its own, and the kernels' code is as before", async () => {
  const long = `fn longer(x: f32) -> f32 {\n  return ${"x + ".repeat(150)}x;\n}\n`;
  const one = good.replace("//#import step ", "//#import long\n//#import step ").replace("helper(step.step)", "longer(helper(step.step))");
  const others = { "shaders/lib/long.wgsl": long, "shaders/dense/other_rows.wgsl": one };
  const { made, problems } = generate(files(one, others));
  expect(problems).toEqual([]);
  const text = (path: string) => made.get(`src/gpu/kernels/${path}.gen.ts`) ?? "";
  expect(text("lib_long")).toContain("fn longer(x:f32)->f32{");
  expect(text("lib_step")).toBe(""); // too short to be worth it
  for (const name of ["scale_rows", "other_rows"]) {
    expect(text(name)).toContain('import { libLong } from "./lib_long.gen.ts";');
    expect(text(name)).not.toContain("fn longer");
    expect(text(name)).toMatch(/\$\{libLong\}/);
  }
  expect(generate(files(one, { "shaders/lib/long.wgsl": long })).made.get(MODULE)).toContain("fn longer"); // one kernel alone keeps it
});

test("the code survives its template literal", async () => {
  const problems = new Problems();
  const kernel = inspect(resolve(FILE, files(good), problems), problems);
  const code = `${kernel?.code}const odd = "\`\${x}\\\\n$";\n`;
  const source = (emit(kernel === undefined ? [] : [{ ...kernel, code }]).get(MODULE) ?? "")
    .replace(/import type.*\n/, "")
    .replace("as const satisfies KernelSpec", "");
  expect(((await import(`data:text/javascript,${encodeURIComponent(source)}`)) as { scaleRows: object }).scaleRows).toEqual({
    ...kernel,
    code,
  });
});

test("no kernels give an empty table, and the order of the files does not matter", () => {
  expect(generate({ [STEP]: library }).made.get(TABLE)).toMatch(/^\/\/ Generated.*\nexport \{\};\n$/);
  const other = "shaders/a/zoom.wgsl";
  const forth = generate({ [STEP]: library, [FILE]: good, [other]: good });
  const back = generate({ [other]: good, [FILE]: good, [STEP]: library });
  expect([...forth.made]).toEqual([...back.made]);
  expect(forth.made.get(TABLE)).toMatch(/scaleRows.*\n.*zoom/);
});

describe("the command", () => {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  function checkout(shaders: Files): string {
    const root = mkdtempSync(join(tmpdir(), "nearfar-gen-"));
    folders.push(root);
    mkdirSync(join(root, "src/gpu"), { recursive: true });
    for (const [path, text] of Object.entries(shaders)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return root;
  }

  function run(root: string, check: boolean): { code: number; printed: string[] } {
    const printed: string[] = [];
    return { code: main(root, check, (line) => printed.push(line)), printed };
  }

  const staleLine = (path: string): string => `${path} is stale: run "npm run gen" and commit it`;
  const written = (root: string): Map<string, string> => {
    const paths = [TABLE, ...readdirSync(join(root, "src/gpu/kernels")).map((name) => `src/gpu/kernels/${name}`)];
    return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  };

  test("writes the table and its modules, and --check then passes until a shader changes", () => {
    const root = checkout(files(good));
    expect(run(root, true)).toEqual({ code: 1, printed: [staleLine(TABLE), staleLine(MODULE)] });
    expect(run(root, false)).toEqual({ code: 0, printed: [] });
    expect(written(root)).toEqual(generate(files(good)).made);
    expect(run(root, true)).toEqual({ code: 0, printed: [] });
    writeFileSync(join(root, FILE), edited("64u", "32u"));
    expect(run(root, true)).toEqual({ code: 1, printed: [staleLine(MODULE)] });
  });

  test("a module whose shader is gone is stale, and is removed", () => {
    const root = checkout(files(good));
    run(root, false);
    const orphan = "src/gpu/kernels/gone.gen.ts";
    writeFileSync(join(root, orphan), "");
    expect(run(root, true)).toEqual({ code: 1, printed: [staleLine(orphan)] });
    expect(run(root, false)).toEqual({ code: 0, printed: [] });
    expect(existsSync(join(root, orphan))).toBe(false);
  });

  test("Windows line ends change nothing", () => {
    const root = checkout(files(good.replaceAll("\n", "\r\n")));
    run(root, false);
    expect(written(root)).toEqual(generate(files(good)).made);
  });

  test("writes nothing when a shader is wrong", () => {
    const root = checkout(files(edited("64u", "N")));
    expect(run(root, false)).toEqual({ code: 1, printed: [`${FILE}:4: override "WG" needs a literal default, found "N"`] });
    expect(existsSync(join(root, TABLE))).toBe(false);
    expect(existsSync(join(root, MODULE))).toBe(false);
  });

  test("the table in this checkout is not stale", () => {
    expect(run(fileURLToPath(new URL("../..", import.meta.url)), true)).toEqual({ code: 0, printed: [] });
  });
});

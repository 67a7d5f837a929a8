import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { detectRaces } from "wgsl_reflect/wgsl_reflect.module.js";
import { dimension } from "../../src/gpu/kernel.ts";
import { elements } from "../../src/gpu/slot.ts";
import { packStep, STILL } from "../../src/gpu/step.ts";
import { randomF32 } from "../../src/random.ts";
import type { KernelCase } from "../kernel_case.ts";

// Every kernel, on the case with the smallest grid, by wgsl_reflect's interpreter: two lanes of a workgroup that touch one word without a
// barrier between them, and any access out of bounds, which a device would clamp in silence. It sees no races between workgroups, runs
// `while` once, and its numbers are not to be trusted: results are judged on a device (test/kernels.gpu.test.ts).

/** Kernels that the interpreter cannot run, and why. What is listed here must really fail in it. */
const BEYOND: { readonly [kernel: string]: string } = {
  bank_sampled_sub: "subgroups",
  conv2d_block: "vectors made of parts of vectors",
  conv2d_block_sub: "subgroups",
  conv1d_dw_sub16: "subgroups",
  conv1d_dw_sub4: "subgroups",
  conv1d_dx_sub16: "subgroups",
  conv1d_dx_sub4: "subgroups",
  conv1d_few: "subgroups",
  conv1d_sub16: "subgroups",
  conv1d_sub4: "subgroups",
  conv2d_dw_sub16: "subgroups",
  conv2d_dx_sub16: "subgroups",
  conv2d_sub16: "subgroups",
  cpc_draw: "it scatters along a permutation, which the interpreter's inexact u32 products do not give",
  cpc_dq_sub16: "subgroups",
  cpc_dq_sub4: "subgroups",
  cpc_dz_sub16: "subgroups",
  cpc_dz_sub4: "subgroups",
  cpc_scores_sub16: "subgroups",
  cpc_scores_sub4: "subgroups",
  edge_sampled_sub: "subgroups",
  full_gradient_sub16: "subgroups",
  full_gradient_sub4: "subgroups",
  full_scores_sub16: "subgroups",
  full_scores_sub4: "subgroups",
  matmul_shared: "after a barrier, it takes what a function returns for the last lane for all",
  matmul_sub16: "subgroups",
  matmul_sub32: "subgroups",
  matmul_sub4: "subgroups",
  matmul_tile16: "sums of matrices",
  top_k: "workgroupUniformLoad of a struct",
};

const files = import.meta.glob<{ kernelCase?: KernelCase }>("../kernels/*.ts", { eager: true });
const kernelCases = Object.values(files).flatMap(({ kernelCase }) => (kernelCase ? [kernelCase] : []));

type Overrides = { readonly [name: string]: number };
type Groups = Parameters<typeof detectRaces>[3];

let complaints: string[] = [];
beforeEach(() => {
  complaints = [];
  for (const method of ["log", "warn", "error"] as const)
    vi.spyOn(console, method).mockImplementation((...words) => complaints.push(words.join(" ")));
});
afterEach(() => vi.restoreAllMocks());

/** The interpreter wants constants where a pipeline has overrides, and does not know a type by its alias (lib/act.wgsl). */
function withConstants(code: string, overrides: Overrides): string {
  const plain = code.replace("alias Act=f32;", "").replaceAll(/\bAct\b/g, "f32");
  return plain.replaceAll(/\boverride\s+(\w+)\s*(:\s*\w+)?\s*=[^;]*;/g, (_, name: string, type = "") => {
    const value = overrides[name] ?? 0;
    if (/bool/.test(type)) return `const ${name}${type} = ${value !== 0};`;
    return `const ${name}${type} = ${value}${/u32/.test(type) ? "u" : ""};`;
  });
}

function bindGroups({ kernel, cases, inputs }: KernelCase, index: number): Groups {
  const { params, overrides, step = STILL } = cases[index]!;
  const sizes = { ...kernel.overrides, ...overrides, ...params };
  let drawn = 0;
  const random = () => randomF32(index, 0, 0, drawn++);
  const own = inputs?.(params, random) ?? {};
  const group: Groups[string] = {};
  for (const [name, { binding, elem, shape }] of Object.entries(kernel.bindings)) {
    const data = own[name] ?? Array.from({ length: elements(shape.map((d) => dimension(d, sizes))) }, () => 2 * random() - 1);
    group[binding] = elem === "u32" ? Uint32Array.from(data) : elem === "i32" ? Int32Array.from(data) : Float32Array.from(data);
  }
  group[kernel.paramsBinding] = { uniform: packed(Object.entries(kernel.params).map(([name, type]) => [type, sizes[name] ?? 0])) };
  if (kernel.stepBinding !== null) group[kernel.stepBinding] = { uniform: new Uint8Array(packStep(step)) };
  return { 0: group };
}

/** Four bytes each, padded to 16 as the interpreter reads uniforms. */
function packed(fields: readonly (readonly [type: string, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(16 * Math.ceil(fields.length / 4)));
  for (const [i, [type, value]] of fields.entries()) {
    if (type === "f32") view.setFloat32(4 * i, value, true);
    else view.setUint32(4 * i, value, true);
  }
  return new Uint8Array(view.buffer);
}

/** What is wrong with a kernel, or with the interpreter. */
function lint(code: string, grid: readonly number[], groups: Groups): string[] {
  const [x = 1, y = 1, z = 1] = grid;
  try {
    const { races, errors } = detectRaces(code, "main", [x, y, z], groups);
    return [...races.map((race) => JSON.stringify(race)), ...errors, ...complaints];
  } catch (error) {
    return [String(error), ...complaints];
  }
}

describe("no races and no access out of bounds", () => {
  test.each(kernelCases.map((kernelCase) => [kernelCase.kernel.name, kernelCase] as const))("%s", (name, kernelCase) => {
    const { kernel, cases } = kernelCase;
    const smallest = cases.reduce((best, c, i) => (elements(c.grid) < elements(cases[best]!.grid) ? i : best), 0);
    const { grid, overrides } = cases[smallest]!;
    const found = lint(withConstants(kernel.code, { ...kernel.overrides, ...overrides }), grid, bindGroups(kernelCase, smallest));
    const help = `If the interpreter is wrong and the kernel right, add it to BEYOND with the reason:\n${found.slice(0, 5).join("\n")}`;
    expect(found.length > 0, help).toBe(name in BEYOND);
  });
});

describe("what the lint finds", () => {
  const reduction = `
var<workgroup> part: array<f32, 8>;
@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(8) fn main(@builtin(local_invocation_index) i: u32) {
  part[i] = x[i];
  workgroupBarrier();
  for (var half = 4u; half > 0u; half /= 2u) {
    if (i < half) { part[i] += part[i + half]; }
    workgroupBarrier();
  }
  if (i == 0u) { y[0] = part[0]; }
}`;
  const groups = (): Groups => ({ 0: { 0: new Float32Array(8), 1: new Float32Array(1) } });

  test("nothing in a correct reduction", () => {
    expect(lint(reduction, [1], groups())).toEqual([]);
  });

  test("a missing barrier", () => {
    expect(lint(reduction.replace("workgroupBarrier();\n  for", "\n  for"), [1], groups())).not.toEqual([]);
    expect(lint(reduction.replace("    workgroupBarrier();\n  }", "  }"), [1], groups())).not.toEqual([]);
  });

  test("a read and a write out of bounds", () => {
    expect(lint(reduction.replace("x[i]", "x[i + 1u]"), [1], groups())).not.toEqual([]);
    expect(lint(reduction.replace("y[0]", "y[1]"), [1], groups())).not.toEqual([]);
  });
});

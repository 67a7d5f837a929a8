import type { VariableInfo } from "wgsl_reflect/wgsl_reflect.module.js";
import { WgslReflect } from "wgsl_reflect/wgsl_reflect.module.js";
import type { BindingSpec, KernelSpec, ParamType } from "../../src/gpu/kernel.ts";
import { readFeatures, readOverrides, readWorkgroup } from "./constants.ts";
import { namesIn, readShapes } from "./header.ts";
import type { Place, Problems, Source } from "./source.ts";

/** A kernel source while it is being checked. */
interface Inspection {
  readonly source: Source;
  readonly problems: Problems;
  readonly reflection: WgslReflect;
  /** Where a module-scope name is declared. */
  at(pattern: RegExp): Place;
}

/** Reads one kernel. What is wrong goes into `problems`; undefined when it is too wrong to go on. */
export function inspect(source: Source, problems: Problems): KernelSpec | undefined {
  const reflection = parse(source, problems);
  if (reflection === undefined) return undefined;
  const at = (pattern: RegExp): Place => source.place(source.code.slice(0, Math.max(0, source.code.search(pattern))).split("\n").length);
  const inspection = { source, problems, reflection, at };
  checkEntry(inspection);
  checkResources(inspection);
  const overrides = readOverrides(source, problems);
  const params = readParams(inspection, overrides);
  const name = source.file.replace(/^.*\/|\.wgsl$/g, "");
  const step = reflection.uniforms.find((u) => u.name === "step");
  const features = readFeatures(source, problems);
  return {
    name,
    file: source.file,
    code: source.code,
    ...(features.length > 0 && { features }),
    bindings: readBindings(inspection, params, overrides),
    paramsBinding: reflection.uniforms.find((u) => u.name === "p")?.binding ?? -1,
    params,
    paramsBytes: 4 * Object.keys(params).length,
    stepBinding: step?.binding ?? null,
    overrides,
    workgroup: readWorkgroup(source, overrides, problems),
  };
}

function parse(source: Source, problems: Problems): WgslReflect | undefined {
  try {
    return new WgslReflect(source.code);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = Number(/Line: ?(\d+)/.exec(message)?.[1] ?? 1);
    problems.report(source.place(line), `cannot be parsed: ${message.replace(/\.*\s*Line: ?\d+\s*$/, "")}`);
    return undefined;
  }
}

function checkEntry({ source, problems, reflection, at }: Inspection): void {
  const { compute, vertex, fragment } = reflection.entry;
  for (const entry of [...vertex, ...fragment])
    problems.report(at(new RegExp(`\\bfn\\s+${entry.name}\\b`)), `"${entry.name}" is not a compute entry`);
  for (const entry of compute)
    if (entry.name !== "main")
      problems.report(at(new RegExp(`\\bfn\\s+${entry.name}\\b`)), `the entry must be called "main", found "${entry.name}"`);
  const mains = compute.filter((e) => e.name === "main").length;
  if (mains !== 1) problems.report(source.place(1), `expected one "@compute fn main", found ${mains}`);
  for (const directive of source.code.matchAll(/^[ \t]*(enable|requires|diagnostic)\b/gm)) {
    const place = source.place(source.code.slice(0, directive.index).split("\n").length);
    if (place.file !== source.file)
      problems.report(place, `"${directive[1]}" must be written in the kernel: a library is appended at its end`);
  }
}

/** A binding's `var`. Locals of the same name carry no attribute. */
const declarationOf = (name: string): RegExp => new RegExp(`(?<=@(?:group|binding)\\s*\\([^)]*\\)\\s*)var\\s*(?:<[^>]*>)?\\s*${name}\\b`);

const fieldOf = (name: string): RegExp => new RegExp(`(?<=\\bstruct\\s+Params\\s*\\{[^}]*)\\b${name}\\s*:`);

/** Group 0, bindings 0, 1, 2, ..., each used; nothing but `p`, `step` and storage; none of them in a library. */
function checkResources({ source, problems, reflection, at }: Inspection): void {
  // Not getBindGroups(): of two resources with one number it shows only the later.
  const all = [reflection.uniforms, reflection.storage, reflection.textures, reflection.samplers].flat();
  const used = new Set(reflection.entry.compute.flatMap((e) => e.resources.map((r) => r.name)));
  for (const r of [...all].sort((a, b) => a.binding - b.binding)) {
    const place = at(declarationOf(r.name));
    if (r.group !== 0) problems.report(place, `"${r.name}" is in group ${r.group}; a kernel has group 0 only`);
    if (!used.has(r.name)) problems.report(place, `"${r.name}" is bound but never used`);
    if (place.file !== source.file) problems.report(place, `"${r.name}" is bound in a library; bindings belong into the kernel`);
  }
  const numbers = all.map((r) => r.binding).sort((a, b) => a - b);
  const gap = numbers.findIndex((binding, expected) => binding !== expected);
  if (gap >= 0) problems.report(source.place(1), `bindings must be 0 to ${numbers.length - 1}, each once, found ${numbers.join(", ")}`);
  for (const r of [...reflection.textures, ...reflection.samplers])
    problems.report(at(declarationOf(r.name)), `"${r.name}" is a ${r.type.name}; a kernel binds storage buffers, "p" and "step" only`);
  for (const u of reflection.uniforms) checkUniform(u, { source, problems, reflection, at });
}

function checkUniform(uniform: VariableInfo, { source, problems, at }: Inspection): void {
  const place = at(declarationOf(uniform.name));
  const found = `${uniform.name}: ${uniform.type.name}`;
  if (found !== "p: Params" && found !== "step: Step")
    problems.report(place, `uniforms are "p: Params" and "step: Step", found "${found}"`);
  if (uniform.type.name === "Step" && at(/\bstruct\s+Step\b/).file !== "shaders/lib/step.wgsl")
    problems.report(place, '"Step" must come from lib/step.wgsl: "//#import step"');
  if (uniform.type.name === "Params" && at(/\bstruct\s+Params\b/).file !== source.file)
    problems.report(place, '"struct Params" must be declared in the kernel file');
}

function readParams({ source, problems, reflection, at }: Inspection, overrides: KernelSpec["overrides"]): Record<string, ParamType> {
  const params: Record<string, ParamType> = {};
  const uniform = reflection.uniforms.find((u) => u.name === "p");
  if (uniform === undefined) problems.report(source.place(1), 'there is no "var<uniform> p: Params"');
  for (const member of uniform?.members ?? []) {
    const type = member.type.name;
    const place = at(fieldOf(member.name));
    if (type !== "u32" && type !== "i32" && type !== "f32")
      problems.report(place, `Params.${member.name} is ${type}; expected u32, i32 or f32`);
    else params[member.name] = type;
    if (/^[xyz]0$/.test(member.name) && type !== "u32")
      problems.report(place, `Params.${member.name} is the plan's first workgroup: expected u32, found ${type}`);
    if (member.name in overrides) problems.report(place, `"${member.name}" is both a field of Params and an override`);
  }
  return params;
}

function readBindings(
  inspection: Inspection,
  params: Record<string, ParamType>,
  overrides: KernelSpec["overrides"],
): Record<string, BindingSpec> {
  const { source, problems, reflection, at } = inspection;
  const shapes = readShapes(source, problems);
  const bindings: Record<string, BindingSpec> = {};
  for (const variable of [...reflection.storage].sort((a, b) => a.binding - b.binding)) {
    const place = at(declarationOf(variable.name));
    const shape = shapes.get(variable.name);
    const elem = elementOf(variable.name, inspection);
    if (elem === undefined)
      problems.report(
        place,
        `"${variable.name}" must be a runtime-sized array of f32, u32, i32 or Act, vec2 or vec4 of the first three, or mat4x4f`,
      );
    if (shape === undefined) {
      problems.report(place, `no shape for "${variable.name}"; add "${variable.name}: ${elem ?? "f32"}[...]" to the comment at the top`);
      continue;
    }
    if (elem !== undefined && elem !== shape.elem)
      problems.report(
        { file: source.file, line: shape.line },
        `the header says "${variable.name}" holds ${shape.elem}, the code says ${elem}`,
      );
    for (const name of shape.dims.flatMap(namesIn))
      if (params[name] !== "u32" && !(name in overrides))
        problems.report(
          { file: source.file, line: shape.line },
          `dimension "${name}" of "${variable.name}" is neither a u32 of Params nor an override`,
        );
    const access = variable.access === "read_write" ? "read_write" : "read";
    bindings[variable.name] = { binding: variable.binding, access, elem: shape.elem, shape: shape.dims, line: shape.line };
  }
  checkUse(
    inspection,
    params,
    [...shapes.values()].flatMap((s) => s.dims.flatMap(namesIn)),
  );
  for (const [name, shape] of shapes)
    if (!reflection.storage.some((v) => v.name === name))
      problems.report({ file: source.file, line: shape.line }, `the header gives a shape for "${name}", which is no storage binding`);
  return bindings;
}

/** Each field of Params is read by the code or sizes a binding: a caller would fill any other for nothing, or the kernel forgot it. */
function checkUse({ source, problems, at }: Inspection, params: Record<string, ParamType>, dims: readonly string[]): void {
  for (const name of Object.keys(params))
    if (!dims.includes(name) && !new RegExp(`\\.\\s*${name}\\b`).test(source.code))
      problems.report(at(fieldOf(name)), `Params.${name} is used neither by the code nor by a shape`);
}

/** f32 of array<f32>, array<vec2<f32>>, array<vec4f> and array<atomic<..>>; vec3 is padded to 16 bytes, so a count in f32 would not fit. */
function elementOf(name: string, { source }: Inspection): BindingSpec["elem"] | undefined {
  const declared = new RegExp(`${declarationOf(name).source}\\s*:\\s*([^;]*)`).exec(source.code)?.[1]?.replaceAll(/\s/g, "");
  const array = /^array<(.*)>$/.exec(declared ?? "")?.[1] ?? "";
  if (array === "mat4x4f") return "f32";
  if (array === "Act") return "act"; // lib/act.wgsl
  const short = { f: "f32", u: "u32", i: "i32" }[/^vec[24]([fui])$/.exec(array)?.[1] ?? ""];
  const inner = /^(?:vec[24]|atomic)<(\w+)>$/.exec(array)?.[1] ?? short ?? array;
  return inner === "f32" || inner === "u32" || inner === "i32" ? inner : undefined;
}

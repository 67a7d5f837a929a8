import type { KernelSpec } from "../../src/gpu/kernel.ts";
import type { Problems, Source } from "./source.ts";

const NUMBER = /^-?(?:0x[0-9a-fA-F]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)[uif]?$/i;

/** Value of a WGSL literal as WebGPU's `constants` takes it (booleans as 0 and 1); undefined for anything but a literal. */
export function literal(text: string): number | undefined {
  if (text === "true" || text === "false") return text === "true" ? 1 : 0;
  if (!NUMBER.test(text)) return undefined;
  const hex = /^(-?)(0x[0-9a-f]+)[ui]?$/i.exec(text);
  return hex === null ? Number(text.replace(/[uif]$/i, "")) : Number(hex[2]) * (hex[1] === "-" ? -1 : 1);
}

/** Defaults of the overrides, from the text: wgsl_reflect's OverrideInfo has none. */
export function readOverrides(source: Source, problems: Problems): Record<string, number> {
  const overrides: Record<string, number> = {};
  for (const match of source.code.matchAll(/(@id\s*\([^)]*\)\s*)?\boverride\s+(\w+)[^=;]*(?:=\s*([^;]*?)\s*)?;/g)) {
    const [, id, name = "", text = ""] = match;
    const place = source.place(source.code.slice(0, match.index).split("\n").length);
    const value = literal(text);
    if (id !== undefined) problems.report(place, `override "${name}" has an @id; nearfar sets overrides by name`);
    if (value === undefined) problems.report(place, `override "${name}" needs a literal default, found "${text}"`);
    overrides[name] = value ?? 0;
  }
  return overrides;
}

/** `@workgroup_size`: wgsl_reflect gives names as strings, so module constants are resolved here and overrides stay names. */
export function readWorkgroup(source: Source, overrides: KernelSpec["overrides"], problems: Problems): KernelSpec["workgroup"] {
  const match = /@workgroup_size\s*\(([^)]*)\)/.exec(source.code);
  if (match === null) {
    problems.report(source.place(1), "there is no @workgroup_size");
    return [1, 1, 1];
  }
  const place = source.place(source.code.slice(0, match.index).split("\n").length);
  const size = (text: string): number | string => {
    if (text in overrides) return text;
    const constant = new RegExp(`\\bconst\\s+${text}\\b[^=;]*=\\s*([^;]*?)\\s*;`).exec(source.code)?.[1];
    const value = literal(text) ?? literal(constant ?? "");
    if (value === undefined) problems.report(place, `@workgroup_size takes numbers, overrides and literal constants, found "${text}"`);
    return value ?? 1;
  };
  const [x = 1, y = 1, z = 1] = (match[1] ?? "")
    .split(",")
    .map((t) => t.trim())
    .filter((t) => t !== "")
    .map(size);
  return [x, y, z];
}

/** Device features by the name of the WGSL extension that needs them. */
const FEATURES: { readonly [extension: string]: string } = { subgroups: "subgroups", f16: "shader-f16" };

/** Features that the `enable` directives ask for. wgsl_reflect reads them, but does not tell. */
export function readFeatures(source: Source, problems: Problems): string[] {
  return [...source.code.matchAll(/^[ \t]*enable\s+([^;]*);/gm)].flatMap((match) => {
    const place = source.place(source.code.slice(0, match.index).split("\n").length);
    return (match[1] ?? "").split(",").flatMap((text) => {
      const feature = FEATURES[text.trim()];
      if (feature === undefined) problems.report(place, `expected to enable ${Object.keys(FEATURES).join(" or ")}, found "${text.trim()}"`);
      return feature ?? [];
    });
  });
}

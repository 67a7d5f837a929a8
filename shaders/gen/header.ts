import type { BindingSpec } from "../../src/gpu/kernel.ts";
import type { Problems, Source } from "./source.ts";

/** A shape as the header states it: `q: f32[B,D]`. */
export interface Shape {
  readonly elem: BindingSpec["elem"];
  readonly dims: readonly string[];
  readonly line: number;
}

const SHAPE = /(?<![\w.])([A-Za-z_]\w*)\s*:\s*(f32|u32|i32|act)\s*\[([^\]]*)\]/g;
const DIMENSION = /^(?:[A-Za-z_]\w*|\d+)(?:[*/+](?:[A-Za-z_]\w*|\d+))*$/;

/** Shapes by binding name, from the comment lines before the first line of code. */
export function readShapes(source: Source, problems: Problems): Map<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const [index, text] of source.text.split("\n").entries()) {
    if (!/^\s*(\/\/|$)/.test(text)) break;
    for (const [, name = "", elem, inside = ""] of text.matchAll(SHAPE)) {
      const place = { file: source.file, line: index + 1 };
      const dims = inside.replaceAll(/\s/g, "").split(",");
      if (shapes.has(name)) problems.report(place, `second shape of "${name}"; the first is in line ${shapes.get(name)?.line}`);
      const bad = dims.find((d) => !DIMENSION.test(d));
      if (bad !== undefined)
        problems.report(place, `dimension "${bad}" of "${name}": expected names and integers joined by + * /, such as B, K+1, 2*B or P/4`);
      else if (!shapes.has(name)) shapes.set(name, { elem: elem as Shape["elem"], dims, line: index + 1 });
    }
  }
  return shapes;
}

/** Names that a dimension refers to. */
export const namesIn = (dimension: string): string[] => dimension.match(/[A-Za-z_]\w*/g) ?? [];

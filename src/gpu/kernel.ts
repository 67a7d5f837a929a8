/** What the generator knows of one shader file. `kernels.gen.ts` holds one such literal per kernel (`as const satisfies KernelSpec`). */
export interface KernelSpec {
  /** snake_case stem of the file: `bank_update`. */
  readonly name: string;
  /** Path from the repository root, for messages: `shaders/bank/bank_update.wgsl`. */
  readonly file: string;
  /** WGSL with the imported library appended; comments blanked, line numbers as in the file. */
  readonly code: string;
  /** Device features that its `enable` directives need; left out: none. */
  readonly features?: readonly string[];
  /** Storage bindings by variable name. */
  readonly bindings: { readonly [name: string]: BindingSpec };
  /** Binding number of `var<uniform> p: Params`. */
  readonly paramsBinding: number;
  /** Types of the fields of `struct Params` in order, 4 bytes each. `x0`, `y0`, `z0` are filled in by the plan when it splits a launch along that axis. */
  readonly params: { readonly [name: string]: ParamType };
  readonly paramsBytes: number;
  /** Binding number of `var<uniform> step: Step` (lib/step.wgsl), or null for a kernel that nothing changes per step. */
  readonly stepBinding: number | null;
  /** Pipeline-overridable constants and their defaults. */
  readonly overrides: { readonly [name: string]: number };
  /** `@workgroup_size`, each a number or the name of an override. */
  readonly workgroup: readonly [number | string, number | string, number | string];
}

export interface BindingSpec {
  readonly binding: number;
  readonly access: "read" | "read_write";
  /**
   * Element as the shape line counts it: `f32`, `u32`, `i32`; `act`, activations: f32, or in the kernel's twin f16. A `vec4<f32>` binding is
   * still counted in f32.
   */
  readonly elem: "f32" | "u32" | "i32" | "act";
  /** Dimensions: integers, parameter or override names, or sums/products/ceil-quotients of those (`2*B`, `K+1`, `P/4`). */
  readonly shape: readonly string[];
  /** Line of the shape in the file, for messages. */
  readonly line: number;
}

export type ParamType = "u32" | "i32" | "f32";

/** Parameters a caller gives: all but the ones that the plan fills in itself. */
export type ParamsOf<K extends KernelSpec> = { readonly [P in Exclude<keyof K["params"], "x0" | "y0" | "z0">]: number };

/** Operands a caller binds: exactly the kernel's storage bindings. */
export type OperandsOf<K extends KernelSpec, O> = { readonly [B in keyof K["bindings"]]: O };

/** Value of one dimension of a shape line. Sums of products; `/` rounds up. Throws on an unknown name. */
export function dimension(expression: string, values: { readonly [name: string]: number }): number {
  return expression.split("+").reduce((sum, term) => sum + product(term, values), 0);
}

function product(term: string, values: { readonly [name: string]: number }): number {
  let result = 1;
  for (const [, operator, factor] of term.matchAll(/([*/]?)\s*([A-Za-z_]\w*|\d+)/g)) {
    const value = /^\d/.test(factor ?? "") ? Number(factor) : values[factor ?? ""];
    if (value === undefined) throw new RangeError(`unknown dimension "${factor}" in "${term}"`);
    result = operator === "/" ? Math.ceil(result / value) : result * value;
  }
  return result;
}

import type { KernelSpec, ParamsOf } from "../src/gpu/kernel.ts";
import type { StepValues } from "../src/gpu/step.ts";

/** Uniform in [0, 1), the same sequence at every run. */
export type Random = () => number;
/** Numbers by binding name. */
export type Arrays = { readonly [binding: string]: ArrayLike<number> };

/**
 * What `test/kernels/<name>.ts` exports as `kernelCase`: the slow truth about one kernel and the sizes to try it on.
 * `test/kernels.gpu.test.ts` runs all of them: inputs rounded to float32, every output poisoned first, results compared with `ref`.
 */
export interface KernelCase<K extends KernelSpec = KernelSpec> {
  readonly kernel: K;
  /** Least lanes of a subgroup that it needs. */
  readonly lanes?: number;
  readonly cases: readonly {
    readonly params: ParamsOf<K>;
    readonly grid: readonly number[];
    readonly overrides?: { readonly [name: string]: number };
    readonly step?: StepValues;
  }[];
  /**
   * Values of bindings that the kernel reads, those it updates in place (`read_write`) included. Read-only f32 bindings that are
   * left out get uniform numbers in [-1, 1). Other `read_write` bindings are outputs and start poisoned.
   */
  readonly inputs?: (params: ParamsOf<K>, random: Random) => Arrays;
  /** Every output (each `read_write` binding), computed in float64. A NaN means: any value will do. `overrides` holds the defaults too. */
  readonly ref: (inputs: Arrays, params: ParamsOf<K>, step: StepValues, overrides: { readonly [name: string]: number }) => Arrays;
  /** Largest error of an output relative to the largest magnitude in its reference; 1e-5 by default. Integers must be exact. */
  readonly tolerance?: number;
}

/** Types a case against its kernel. */
export const kernelCaseOf = <K extends KernelSpec>(kernelCase: KernelCase<K>): KernelCase<K> => kernelCase;

/** f32 (or integer) array of `length` values. */
export const fill = (length: number, value: (i: number) => number): Float64Array => Float64Array.from({ length }, (_, i) => value(i));

/** sum of value(0) ... value(n - 1). */
export function sum(n: number, value: (i: number) => number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += value(i);
  return total;
}

/** Values of `inputs[name]`, which a case is sure to have. */
export function given(inputs: Arrays, name: string): ArrayLike<number> {
  const array = inputs[name];
  if (!array) throw new Error(`no input "${name}"`);
  return array;
}
